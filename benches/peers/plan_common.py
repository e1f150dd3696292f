"""What the planners in Python share: `PEER.py speed RUNNING INTENDED` plans one pair and says what it cost; `PEER.py score CASES`
plans each case of a file in JSON and says which lines would be typed.

A contender gives a class with `read(platform, text)`, `plan(platform, running, intended)`, which takes what was read, and
`lines(platform, plan)`: what is typed in configuration mode, sections entered and left. A platform that it does not know is a
LookupError.
"""

import argparse
import json
import sys
import time

from common import memory_mb

# What every pair of the score has, so that no contender pays for its first use where it is measured.
SMALL = ("hostname a\ninterface Loopback0\n description a\n", "hostname b\ninterface Loopback0\n description b\n")


def there_and_back(peer, platform, running, intended):
    before, after = peer.read(platform, running), peer.read(platform, intended)
    there = peer.lines(platform, peer.plan(platform, before, after))
    back = peer.lines(platform, peer.plan(platform, after, before))
    return there, back


def speed(peer, platform, files):
    running, intended = (open(path, encoding="utf-8").read() for path in files)
    there_and_back(peer, platform, *SMALL)
    start_mb = memory_mb("VmHWM:")
    start = time.process_time()
    there, back = there_and_back(peer, platform, running, intended)
    return {
        "cpu_ms": (time.process_time() - start) * 1000,
        "start_mb": start_mb,
        "peak_mb": memory_mb("VmHWM:"),
        "lines": len(there),
        "inverse_lines": len(back),
    }


def answer(peer, case):
    try:
        before, after = (peer.read(case["platform"], case[side]) for side in ("running", "intended"))
        return {"lines": peer.lines(case["platform"], peer.plan(case["platform"], before, after))}
    except LookupError as error:
        if error.args[:1] == ("platform",):
            return {"absent": None}
        return {"failed": f"{type(error).__name__}: {error}"}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}".splitlines()[0]}


def main(peer):
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=["speed", "score"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--platform", default="cisco_ios")
    given = parser.parse_args()
    if given.case == "speed":
        result = speed(peer, given.platform, given.files)
    else:
        with open(given.files[0], encoding="utf-8") as file:
            result = {"answers": [answer(peer, case) for case in json.load(file)]}
    json.dump(result, sys.stdout)
    print(flush=True)
