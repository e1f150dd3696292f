"""hier_config as a planner, through its documented workflow."""

import logging

import plan_common
from hier_config import Platform, WorkflowRemediation, get_hconfig

# FRR has no rules of its own here; its lines are those of IOS.
PLATFORMS = {
    "arista_eos": Platform.ARISTA_EOS,
    "cisco_ios": Platform.CISCO_IOS,
    "cisco_iosxr": Platform.CISCO_XR,
    "cisco_nxos": Platform.CISCO_NXOS,
    "frr": Platform.CISCO_IOS,
    "huawei_vrp": Platform.HUAWEI_VRP,
}
# FRR ends each section with a line of its own, which the rules of IOS take for a command.
ENDS = ("exit", "exit-vrf", "!", "end")


class HierConfig:
    def read(self, platform, text):
        if platform not in PLATFORMS:
            raise LookupError("platform", platform)
        if platform == "frr":
            text = "\n".join(line for line in text.split("\n") if line.strip() not in ENDS)
        return get_hconfig(PLATFORMS[platform], text)

    def plan(self, _, running, intended):
        return WorkflowRemediation(running, intended).remediation_config

    def lines(self, _, plan):
        """Its own text, each section with its exit. The lines of a banner are one entry and stay as they are."""
        typed = []
        for entry in plan.dump_simple(sectional_exiting=True):
            first, *rest = entry.split("\n")
            typed += [first.strip(), *rest]
        return typed


logging.disable(logging.CRITICAL)
plan_common.main(HierConfig())
