"""What every contender in Python shares: its arguments, the cases, and the line of JSON at the end.

A contender gives a class with `open(device, timeout)` that returns a session, and sessions with `run(command)` and `close()`.
"""

import argparse
import json
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

# For one command: ten times what the slowest of them needs for the biggest output.
LIMIT_S = 30


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=["idle", "fleet", "big", "login", "repeat", "traps", "stalled"])
    parser.add_argument("--inventory", required=True)
    parser.add_argument("--in-flight", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--timeout-ms", type=int, default=500)
    parser.add_argument("commands", nargs="*")
    given = parser.parse_intermixed_args()
    with open(given.inventory) as file:
        given.devices = json.load(file)
    return given


def report(result):
    print(json.dumps(result), flush=True)


def memory_mb(name):
    """A line of /proc/self/status, in megabytes of 10^6 bytes."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(name):
                return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(name)


def sockets():
    """How many sockets this process has open."""
    count = 0
    for entry in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink(f"/proc/self/fd/{entry}").startswith("socket:")
        except OSError:
            pass
    return count


def median_ms(times):
    return {"ms": statistics.median(times) * 1000}


def ended(command):
    """The last line of a trap's answer."""
    return f"end of {command}"


def tally(start, results):
    """Sums up a fleet: a number of bytes for each device, or the error."""
    failures = [result for result in results if isinstance(result, Exception)]
    return {
        "wall_s": time.perf_counter() - start,
        "bytes": sum(result for result in results if not isinstance(result, Exception)),
        "failures": len(failures),
        "failure": repr(failures[0]) if failures else None,
    }


class Threads:
    """The cases for a library that blocks: one thread for each device in flight."""

    def __init__(self, opener):
        self.open = opener
        self.given = arguments()

    def main(self):
        report(getattr(self, self.given.case)())

    def idle(self):
        return {}

    def each(self, work, items):
        with ThreadPoolExecutor(self.given.in_flight) as pool:
            return list(pool.map(work, items))

    def fleet(self):
        start = time.perf_counter()
        return tally(start, self.each(self.device, self.given.devices))

    def device(self, device):
        try:
            session = self.open(device, None)
            size = sum(len(session.run(command)) for command in self.given.commands)
            session.close()
            return size
        except Exception as error:
            return error

    def big(self):
        session = self.open(self.given.devices[0], None)
        before = memory_mb("VmRSS:")
        start = time.perf_counter()
        output = session.run(self.given.commands[0])
        wall = time.perf_counter() - start
        growth = memory_mb("VmHWM:") - before
        session.close()
        return {"wall_s": wall, "bytes": len(output), "growth_mb": growth}

    def login(self):
        times = []
        for _ in range(self.given.count):
            start = time.perf_counter()
            session = self.open(self.given.devices[0], None)
            times.append(time.perf_counter() - start)
            session.close()
        return median_ms(times)

    def repeat(self):
        session = self.open(self.given.devices[0], None)
        times = []
        for _ in range(self.given.count):
            start = time.perf_counter()
            session.run(self.given.commands[0])
            times.append(time.perf_counter() - start)
        session.close()
        return median_ms(times)

    def traps(self):
        return {"whole": sum(self.each(self.trap, self.given.commands))}

    def trap(self, command):
        try:
            session = self.open(self.given.devices[0], None)
            output = session.run(command)
            session.close()
            return ended(command) in output
        except Exception:
            return False

    def stalled(self):
        before = sockets()
        timeouts = sum(self.each(self.stall, range(self.given.count)))
        time.sleep(0.5)
        return {"timeouts": timeouts, "sockets": sockets() - before}

    def stall(self, _):
        try:
            self.open(self.given.devices[0], self.given.timeout_ms / 1000)
        except Exception:
            return True
        return False
