"""netsnap through Python: netsnap_plan.py STORE INTENDED COUNT plans for the device r1 from its newest snapshot, again and again."""

import sys
import time

import common
import netsnap


def plan(engine, text, count):
    engine.plan({"r1": text})
    start = time.process_time()
    for _ in range(count):
        made = engine.plan({"r1": text})
    return {"cpu_ms": (time.process_time() - start) * 1000 / count, "steps": len(made.devices[0].steps)}


with open(sys.argv[2], encoding="utf-8") as file:
    common.report(plan(netsnap.open(sys.argv[1]), file.read(), int(sys.argv[3])))
