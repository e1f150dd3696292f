"""The engine as coroutines: overlap, cancellation, iterators."""

import asyncio

import netsnap
import pytest

pytestmark = pytest.mark.asyncio


async def test_awaiting_and_entering_open_the_same_engine(url):
    engine = await netsnap.open_async(url)
    async with engine.record("by hand") as run:
        await run.event("hello")
    assert (await engine.current()).id == run.id
    await engine.close()
    async with netsnap.open_async("memory:") as engine:
        assert await engine.current() is None


async def test_calls_overlap():
    async with netsnap.open_async("memory:") as engine:
        runs = await asyncio.gather(*(engine.begin(f"run {number}") for number in range(20)))
        await asyncio.gather(*(run.finish() for run in runs))
        assert len(await engine.list_executions()) == 20


async def test_a_cancelled_task_cancels_its_work(silent):
    async with netsnap.open_async("memory:") as engine:
        live = engine.watch()
        task = asyncio.create_task(engine.collect(silent, "show version", limits={"handshake": 600}))
        run = (await anext(live)).execution
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        kinds = [event.kind async for event in engine.follow(run)]
        assert kinds[-1] == "execution_finished"
        # The log ends first, then the summary says so.
        while (await engine.execution(run)).status == "running":
            await asyncio.sleep(0.01)
        assert (await engine.execution(run)).status == "cancelled"


async def test_a_time_limit_ends_a_wait_for_events():
    async with netsnap.open_async("memory:") as engine:
        async with engine.record("quiet") as run:
            events = engine.follow(run.id)
            assert (await anext(events)).kind == "execution_started"
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(events), 0.05)


async def test_closing_ends_a_watch():
    engine = await netsnap.open_async("memory:")
    live = engine.watch()
    waiting = asyncio.create_task(anext(live, None))
    await asyncio.sleep(0)
    await engine.close()
    assert await waiting is None


async def test_a_block_that_raises_is_a_run_that_failed():
    async with netsnap.open_async("memory:") as engine:
        with pytest.raises(ValueError):
            async with engine.record("bad") as run:
                raise ValueError("no good")
        execution = await engine.execution(run.id)
        assert (execution.status, execution.reason) == ("failed", "ValueError: no good")


async def test_a_cancelled_block_is_a_run_that_was_cancelled():
    async with netsnap.open_async("memory:") as engine:
        begun = asyncio.Event()
        names = []

        async def work():
            async with engine.record("stopped") as run:
                names.append(run.id)
                begun.set()
                await asyncio.sleep(600)

        task = asyncio.create_task(work())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await engine.execution(names[0])).status == "cancelled"


async def test_who_waits_for_a_request_holds_up_nobody():
    async with netsnap.open_async("memory:") as engine:
        run = await engine.begin("nightly")
        waiting = asyncio.create_task(run.until_cancel_requested())
        given_up = asyncio.create_task(run.until_cancel_requested())
        await asyncio.sleep(0)
        assert [await run.event(str(number)) for number in range(20)] == list(range(2, 22))
        given_up.cancel()
        asked = await engine.cancel(run.id, actor="anna", reason="the wrong site")
        request = await asyncio.wait_for(waiting, 20)
        assert (request.actor, request.reason) == ("anna", "the wrong site")
        assert request == run.cancel_requested() == asked.cancel_request
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await run.finish("cancelled", reason=request.reason)


@pytest.mark.parametrize("level", ["batched", "strict"])
async def test_what_is_asked_for_at_the_same_time_is_recorded_in_that_order(level):
    async with netsnap.open_async("memory:") as engine:
        run = await engine.begin("many", level=level)
        events = [run.event(str(number)) for number in range(500)]
        asked = [*events, run.output("r1", "show interface", "up\n"), run.finish("succeeded"), run.event("late")]
        *sequences, _, end, late = await asyncio.gather(*asked, return_exceptions=True)
        assert sequences == list(range(2, 502))
        assert end.status == "succeeded"
        assert isinstance(late, netsnap.AlreadyFinishedError)


async def test_errors_are_the_same_classes():
    async with netsnap.open_async("memory:") as engine:
        with pytest.raises(netsnap.NotFoundError):
            await engine.execution("exec_2020-01-01_000000_00000000")
        with pytest.raises(netsnap.InvalidInputError):
            await engine.execution("nonsense")


async def test_progress_is_heard_in_the_loop():
    async with netsnap.open_async("memory:") as engine:
        async with engine.record("one"):
            pass
        loop, heard = asyncio.get_running_loop(), []

        def hear(progress):
            heard.append((progress.done, progress.total, asyncio.get_running_loop() is loop))

        report = await engine.verify(progress=hear)
        assert (report.runs, heard[-1]) == (1, (1, 1, True))
