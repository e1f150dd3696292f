"""A run of one's own: how its block ends is how the run ends."""

import gc
import time

import netsnap
import pytest


def test_a_block_that_ends_well_is_a_run_that_succeeded(engine):
    with engine.record("good", labels={"some_key": "x"}) as run:
        assert engine.execution(run.id).status == "running"
    execution = engine.execution(run.id)
    assert (execution.status, execution.labels) == ("succeeded", {"some_key": "x"})


def test_a_block_that_raises_is_a_run_that_failed(engine):
    with pytest.raises(ValueError, match="no good"), engine.record("bad") as run:
        raise ValueError("no good")
    execution = engine.execution(run.id)
    assert (execution.status, execution.reason) == ("failed", "ValueError: no good")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, netsnap.CancelledError])
def test_a_block_that_is_stopped_is_a_run_that_was_cancelled(engine, stop):
    with pytest.raises(stop), engine.record("stopped") as run:
        raise stop
    assert engine.execution(run.id).status == "cancelled"


def test_a_run_that_was_finished_by_hand_stays_as_it_is(engine):
    with engine.begin("by hand") as run:
        assert run.finish("partial", reason="enough").status == "partial"
    assert engine.execution(run.id).reason == "enough"


def test_a_recorder_that_is_dropped_leaves_an_interrupted_run(engine):
    run = engine.begin("forgotten")
    name = run.id
    run.event("last words")
    del run
    gc.collect()
    last = list(engine.follow(name))[-1]
    assert last.kind == "execution_finished"
    # The log ends first, then the summary says so.
    while engine.execution(name).status == "running":
        time.sleep(0.01)
    assert engine.execution(name).status == "interrupted"


def test_an_event_has_what_its_arguments_say(engine):
    with engine.record("options") as run:
        progress = netsnap.Progress(done=1, total=2)
        whole = {"kind": "device_started", "device": "r1", "level": "warning", "progress": progress}
        assert run.event("whole", **whole, data={"some_key": None}) == 2
        assert run.event() == 3
        with pytest.raises(netsnap.InvalidInputError, match="`nonsense`"):
            run.event("wrong", kind="nonsense")
    _, first, second, _ = engine.events(run.id)
    assert (first.kind, first.device, first.level, first.progress) == tuple(whole.values())
    assert first.data == {"some_key": None}
    assert (second.kind, second.level, second.text, second.device) == ("note", "info", "", None)
    with pytest.raises(netsnap.AlreadyFinishedError):
        run.event("late")


def test_bytes_come_back_exactly(engine):
    every_byte = bytes(range(256))
    with engine.record("bytes") as run:
        run.output("r1", "show blob", every_byte)
        run.output("r1", "show text", "größe")
    output = engine.output(run.id, "r1", "show blob")
    assert output.bytes == every_byte
    assert output.summary.bytes == 256
    assert "\ufffd" in output.text
    assert engine.output(run.id, "r1", "show text").text == "größe"


def test_a_device_result_carries_its_error(engine):
    error = netsnap.ErrorReport(kind="drift", message="changed", operation="deploy", context={"device": "r1"})
    with engine.record("results") as run:
        run.device_result("r1", "failed", error=error)
    found = engine.device_results(run.id)[0]
    assert found.error == error
    assert isinstance(found.error.exception(), netsnap.DriftError)
