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
LEAVE = {"huawei_vrp": "quit"}
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

    def lines(self, platform, plan):
        typed = []
        for child in sorted(plan.children):
            self.type(child, LEAVE.get(platform, "exit"), typed)
        return typed

    def type(self, section, leave, typed):
        """Types a section. It is left by the line that hier_config gives, or else by the platform's own; a policy's lines are text."""
        typed.extend(section.text.split("\n"))
        inside = None if section.text.startswith("route-policy ") else leave
        for child in sorted(section.children):
            self.type(child, inside, typed)
        own = section.sectional_exit
        if own:
            typed.append(own)
        elif section.children and leave:
            typed.append(leave)


logging.disable(logging.CRITICAL)
plan_common.main(HierConfig())
