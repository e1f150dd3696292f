"""annet as a planner: what its `patch` does between reading a device and sending commands, with the rules that come with it."""

import logging
from types import SimpleNamespace

import plan_common
from annet import hardware, implicit, patching, rulebook
from annet.annlib.lib import merge_dicts
from annet.annlib.netdev.views.hardware import HardwareView
from annet.api import patch_from_pre
from annet.vendors import registry_connector, tabparser

# FRR has no rules of its own here; its lines are those of IOS.
MODELS = {
    "arista_eos": "Arista",
    "cisco_ios": "Cisco",
    "cisco_iosxr": "Cisco ASR9000",
    "cisco_nxos": "Cisco Nexus",
    "frr": "Cisco",
    "huawei_vrp": "Huawei",
}


class Annet:
    def __init__(self):
        rulebook.rulebook_provider_connector.set(rulebook.DefaultRulebookProvider)
        hardware.hardware_connector.set(hardware.AnnetHardwareProvider)
        self.devices = {}

    def device(self, platform):
        if platform not in MODELS:
            raise LookupError("platform", platform)
        if platform not in self.devices:
            model = HardwareView(MODELS[platform])
            self.devices[platform] = SimpleNamespace(
                hw=model,
                formatter=registry_connector.get().match(model).make_formatter(),
                hidden=implicit.compile_rules(SimpleNamespace(hw=model)),
            )
        return self.devices[platform]

    def read(self, platform, text):
        device = self.device(platform)
        tree = tabparser.parse_to_tree(text=text, splitter=device.formatter.split)
        return merge_dicts(tree, implicit.config(tree, device.hidden))

    def plan(self, platform, running, intended):
        device = self.device(platform)
        rules = rulebook.get_rulebook(device.hw)
        difference = patching.strip_unchanged(patching.make_diff(running, intended, rules, []))
        return patch_from_pre(patching.make_pre(difference), device.hw, rules, False, do_commit=False)

    def lines(self, platform, plan):
        paths = self.device(platform).formatter.cmd_paths(plan)
        return [line for path in paths for line in path[-1].split("\n")]


logging.disable(logging.CRITICAL)
plan_common.main(Annet())
