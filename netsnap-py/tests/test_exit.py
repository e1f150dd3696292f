"""A program may end at any moment: in the very step in which the engine answers, or with a thread that still waits."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

# The answer to the last call wakes the program up, which then ends while the thread that brought it is still about.
ENDS_WITH_THE_ANSWER = """
import asyncio, netsnap
async def main():
    async with netsnap.open_async("memory:") as engine:
        await asyncio.gather(*(engine.current() for _ in range(20)))
asyncio.run(main())
"""

ENDS_WITHOUT_CLOSING = """
import asyncio, netsnap
async def main():
    engine = await netsnap.open_async("memory:")
    asyncio.create_task(anext(aiter(engine.watch())))
    calls = [asyncio.ensure_future(engine.current()) for _ in range(20)]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
asyncio.run(main())
"""

# A module that takes its time to go, so that the threads would come back while the interpreter ends. Neither may the end
# wait for them.
A_THREAD_STILL_WAITS = """
import sys, threading, time, types, netsnap
class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.2)
sys.modules["slow"] = types.ModuleType("slow")
sys.modules["slow"].it = Slow()
engine = netsnap.open("memory:")
def show():
    for event in engine.watch():
        pass
for _ in range(8):
    threading.Thread(target=show, daemon=True).start()
with engine.record("a run"):
    pass
"""

# Handlers that were registered first run last: after ours.
CLOSES_AT_THE_VERY_END = """
import atexit
atexit.register(lambda: engine.close())
import netsnap
engine = netsnap.open("memory:")
"""

AWAITS_AT_THE_VERY_END = """
import asyncio, atexit
async def close():
    try:
        await engine.close()
    except netsnap.UnsupportedError as error:
        assert error.hint
    else:
        raise SystemExit("an answer came where none can come")
atexit.register(lambda: asyncio.run(close()))
import netsnap
async def open():
    return await netsnap.open_async("memory:")
engine = asyncio.run(open())
"""

PROGRAMS = [
    ENDS_WITH_THE_ANSWER,
    ENDS_WITHOUT_CLOSING,
    A_THREAD_STILL_WAITS,
    CLOSES_AT_THE_VERY_END,
    AWAITS_AT_THE_VERY_END,
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_ends_in_order_whatever_the_engine_still_does(program):
    def end(_):
        return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(end, range(24)))
    assert [(done.returncode, done.stderr) for done in ends] == [(0, "")] * 24
