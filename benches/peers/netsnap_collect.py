"""netsnap through Python: the public API, its store in memory. Cases that it cannot tell apart from a whole run are left to Rust."""

import time

import common
import netsnap


class Ours:
    def __init__(self):
        self.given = common.arguments()
        self.engine = netsnap.open("memory:")

    def main(self):
        common.report(getattr(self, self.given.case)())

    def idle(self):
        return {}

    def collect(self, devices, commands, limits=None):
        inventory = netsnap.Inventory(devices)
        return self.engine.collect(inventory, commands, in_flight=self.given.in_flight, limits=limits)

    def fleet(self):
        start = time.perf_counter()
        collected = self.collect(self.given.devices, self.given.commands)
        wall = time.perf_counter() - start
        outputs = self.engine.outputs(collected.execution.id)
        missing = len(self.given.devices) * len(self.given.commands) - len(outputs)
        return {"wall_s": wall, "bytes": sum(output.bytes for output in outputs), "failures": missing}

    def big(self):
        one, command = self.given.devices[:1], self.given.commands[0]
        self.collect(one, ["show version"])
        before = common.memory_mb("VmRSS:")
        start = time.perf_counter()
        collected = self.collect(one, [command])
        wall = time.perf_counter() - start
        growth = common.memory_mb("VmHWM:") - before
        output = self.engine.output(collected.execution.id, one[0]["name"], command)
        in_hand = common.memory_mb("VmHWM:") - before
        return {"wall_s": wall, "bytes": len(output.bytes), "growth_mb": growth, "in_hand_mb": in_hand}

    def traps(self):
        return {"whole": sum(map(self.trap, self.given.commands))}

    def trap(self, command):
        one = self.given.devices[:1]
        collected = self.collect(one, [command])
        try:
            return common.ended(command) in self.engine.output(collected.execution.id, one[0]["name"], command).text
        except netsnap.NotFoundError:
            return False

    def stalled(self):
        device = self.given.devices[0]
        devices = [{**device, "name": f"{device['name']}-{n}"} for n in range(self.given.count)]
        before = common.sockets()
        collected = self.collect(devices, ["show version"], {"handshake": self.given.timeout_ms / 1000})
        time.sleep(0.5)
        timeouts = sum(result.error is not None for result in collected.devices)
        return {"timeouts": timeouts, "sockets": common.sockets() - before}


Ours().main()
