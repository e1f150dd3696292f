"""netsnap through Python: netsnap_events.py STORE COUNT records events one by one, from before the begin to behind the end."""

import sys
import time

import common
import netsnap


def record(engine, count):
    start = time.perf_counter()
    run = engine.begin("site.yml", actor="bench")
    for number in range(count):
        run.event("interface is up", device="r1", data={"number": number, "interface": "ge-0/0/1"})
    run.finish("succeeded")
    return {"ms": (time.perf_counter() - start) * 1000}


common.report(record(netsnap.open(sys.argv[1]), int(sys.argv[2])))
