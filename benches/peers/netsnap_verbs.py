"""netsnap through Python: netsnap_verbs.py VERB STORE RUNNING INTENDED COUNT carries out a verb on a pair, again and again.

The verb plan plans for the device r1 from its newest snapshot; diff_text and diff_config have the two texts in memory.
"""

import sys
import time

import common
import netsnap


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def verbs(engine, running, intended):
    return {
        "plan": lambda: len(engine.plan({"r1": intended}).devices[0].steps),
        "diff_text": lambda: len(engine.diff_text(running, intended)),
        "diff_config": lambda: len(engine.diff_config("cisco_ios", running, intended).changes),
    }


def measure(work, count):
    for _ in range(count):
        work()
    start = time.process_time()
    for _ in range(count):
        size = work()
    return {"cpu_ms": (time.process_time() - start) * 1000 / count, "size": size}


verb, store, running, intended, count = sys.argv[1:]
work = verbs(netsnap.open(store), text_of(running), text_of(intended))[verb]
common.report(measure(work, int(count)))
