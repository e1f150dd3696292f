"""netsnap through Python: netsnap_verbs.py VERB STORE RUNNING INTENDED GOES COUNT carries out a verb on a pair, COUNT times in a go.

Two goes before are to get warm; the result is what the verb takes in the go that took the least. The verb plan plans for the device r1
from its newest snapshot; diff_text and diff_config have the two texts in memory.
"""

import sys
import time

import common
import netsnap

WARM = 2


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def verbs(engine, running, intended):
    return {
        "plan": lambda: len(engine.plan({"r1": intended}).devices[0].steps),
        "diff_text": lambda: len(engine.diff_text(running, intended)),
        "diff_config": lambda: len(engine.diff_config("cisco_ios", running, intended).changes),
    }


def measure(work, goes, count):
    def go():
        start = time.process_time()
        for _ in range(count):
            size = work()
        return time.process_time() - start, size

    taken = [go() for _ in range(WARM + goes)]
    least, size = min(taken[WARM:])
    return {"cpu_ms": least * 1000 / count, "size": size}


verb, store, running, intended, goes, count = sys.argv[1:]
work = verbs(netsnap.open(store), text_of(running), text_of(intended))[verb]
common.report(measure(work, int(goes), int(count)))
