"""The engine as blocking calls: threads, Ctrl-C, closing."""

import _thread
import os
import subprocess
import sys
import threading
from datetime import datetime, timezone

import netsnap
import pytest


def test_a_long_call_lets_other_threads_run_and_ends_when_the_engine_closes(silent):
    engine = netsnap.open("memory:")
    ended = []
    worker = threading.Thread(target=lambda: ended.append(engine.collect(silent, "show version")))
    live = engine.watch()
    worker.start()
    next(live)
    engine.close()
    worker.join()
    assert ended[0].execution.status == "cancelled"


def test_ctrl_c_stops_a_call_and_its_run_is_recorded_as_cancelled(tmp_path, silent):
    with netsnap.open(tmp_path) as engine:
        live = engine.watch()

        def interrupt():
            next(live)
            _thread.interrupt_main()

        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            engine.collect(silent, ["show version"], limits={"handshake": 600})
        assert engine.current().status == "cancelled"


def test_ctrl_c_stops_the_reading_of_events():
    with netsnap.open("memory:") as engine:
        run = engine.begin("goes on")
        events = engine.follow(run)
        next(events)
        threading.Timer(0.2, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            next(events)
        run.finish()


def test_a_closed_engine_says_so(engine):
    engine.close()
    engine.close()
    for call in (engine.current, engine.watch, lambda: engine.begin("x"), lambda: engine.follow("exec_2020-01-01_000000_00000000")):
        with pytest.raises(netsnap.InvalidInputError, match="closed"):
            list(call() or [])


def test_what_was_recorded_is_there_after_opening_again(tmp_path):
    for url in (tmp_path / "data", f"sqlite:{tmp_path / 'runs.db'}"):
        with netsnap.open(url) as engine, engine.record("kept") as run:
            run.event("hello")
        with netsnap.open(url) as engine:
            assert engine.execution(run.id).name == "kept"
            assert [event.text for event in engine.events(run.id)][1] == "hello"


def test_an_unknown_store_is_unsupported():
    with pytest.raises(netsnap.UnsupportedError):
        netsnap.open("ftp://example.org/runs")


def test_a_lease_that_is_no_time_is_refused():
    with pytest.raises(netsnap.InvalidInputError):
        netsnap.open("postgres://h/d?netsnap_lease=soon")


def test_times_are_datetimes_in_utc(engine):
    before = datetime.now(timezone.utc)
    with engine.record("now") as run:
        pass
    execution = engine.execution(run.id)
    assert abs((execution.created_at - before).total_seconds()) < 3600
    assert execution.created_at.tzinfo is timezone.utc
    assert execution.to_dict()["created_at"].endswith("Z")


def test_a_long_text_crosses_exactly(engine):
    before = "hostname größe 😀\n" * 1000
    patch = engine.diff_text(before, before + "interface ge-0/0/1\0\n")
    assert patch.endswith(" hostname größe 😀\n+interface ge-0/0/1\0\n")
    assert engine.diff_text(before, before) == ""
    assert engine.diff_config("cisco_ios", before, before).empty
    with pytest.raises(netsnap.InvalidInputError, match="surrogate"):
        engine.diff_text("a", "\ud800" * 5000)


def test_live_events_name_their_run(engine):
    live = engine.watch()
    with engine.record("watched") as run:
        run.event("hello", data={"a_key": 1})
    rows = [next(live) for _ in range(3)]
    assert {row.execution for row in rows} == {run.id}
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert rows[1].data == {"a_key": 1}
    live.close()


def test_a_following_reader_sees_what_is_yet_to_come(engine):
    run = engine.begin("long")
    events = engine.follow(run)
    assert next(events).kind == "execution_started"
    run.event("later")
    assert next(events).text == "later"
    run.finish()
    assert [event.kind for event in events] == ["execution_finished"]


def test_more_events_than_fit_a_batch_arrive_whole_and_in_order(engine):
    with engine.record("many") as run:
        for number in range(600):
            run.event(str(number))
    assert [event.sequence for event in engine.follow(run.id)] == list(range(1, 603))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_forked_after_the_first_use_is_told_so():
    # In an interpreter of its own: forking this one would copy the test runner.
    script = """
import os, netsnap
engine = netsnap.open("memory:")
child = os.fork()
if child == 0:
    try:
        engine.current()
    except netsnap.UnsupportedError as error:
        os._exit(0 if "forked" in str(error) else 2)
    os._exit(1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", script]).returncode == 0


def test_the_public_names_are_there():
    assert all(hasattr(netsnap, name) for name in netsnap.__all__)
