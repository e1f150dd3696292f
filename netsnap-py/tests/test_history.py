"""The verbs of the history in the manner of Python: nouns for ids, paths, times, frozen results."""

import dataclasses
import json
from datetime import datetime, timedelta, timezone

import netsnap
import pytest
from netsnap import convert
from test_cases import FILES, Replay, load


def finished(engine, name, **options):
    with engine.record(name, **options) as run:
        run.output("r1", "show version", f"{name}\n")
    return engine.execution(run.id)


def test_a_noun_stands_for_its_id(engine):
    one, two = finished(engine, "one"), finished(engine, "two")
    assert engine.label(one, "site", "north").labels == {"site": "north"}
    assert engine.search_output("o", execution=two).hits[0].execution == two.id
    assert engine.compare_executions(one, two).totals.outputs_changed == 1
    assert [event.kind for event in engine.replay(one)] == ["execution_started", "command_finished", "execution_finished"]
    assert engine.topology(one).execution == one.id


def test_times_go_in_and_come_out_as_times(engine):
    run = finished(engine, "one")
    soon = datetime.now(timezone(timedelta(hours=2))) + timedelta(minutes=1)
    found = engine.list_executions(filter={"created": {"from": run.created_at, "until": soon}}, count_up_to=5)
    assert (found.items[0].id, found.total.count) == (run.id, 1)
    entry = engine.audit(object_id=run.id, at={"until": soon}).items[0]
    assert isinstance(entry.at, datetime) and entry.at.tzinfo is timezone.utc


def test_paths_may_be_path_objects(engine, tmp_path):
    run = finished(engine, "one")
    report = engine.export(tmp_path / "runs.tar", format="bundle", executions=[run])
    assert report.bytes == (tmp_path / "runs.tar").stat().st_size
    with netsnap.open("memory:") as other:
        assert other.import_runs(tmp_path / "runs.tar").imported[0].execution == run.id
        assert other.execution(run.id).name == "one"


def test_the_head_of_the_audit_log_is_the_anchor_of_the_next_verification(engine):
    finished(engine, "one")
    head = engine.verify().audit_head
    assert isinstance(head, netsnap.Anchor)
    assert engine.verify(anchor=head).errors == 0
    forged = dataclasses.replace(head, hash="0" * len(head.hash))
    assert [finding.check for finding in engine.verify(anchor=forged).findings] == ["audit"]


def test_results_are_frozen(engine):
    finished(engine, "one")
    with pytest.raises(dataclasses.FrozenInstanceError):
        engine.stats().total = 2


def test_a_replay_that_is_left_ends(engine):
    run = finished(engine, "one")
    events = engine.replay(run, speed=0.000001)
    assert next(events).kind == "execution_started"
    events.close()


def test_runs_that_failed_come_with_their_reason():
    read = convert.from_json(
        netsnap.Recovery, '{"ended": [], "failed": [["exec_1", {"kind": "storage", "message": "no", "operation": "recover"}]]}'
    )
    assert read.failed == [("exec_1", netsnap.ErrorReport(kind="storage", message="no", operation="recover"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_that_the_engine_answers_is_lost(path, monkeypatch, tmp_path):
    from_json = convert.from_json

    def checked(hint, text):
        value = from_json(hint, text)
        assert_whole(json.loads(text), value)
        return value

    monkeypatch.setattr(convert, "from_json", checked)
    with netsnap.open("memory:") as engine:
        Replay(engine, tmp_path).replay(load(path))


def assert_whole(raw, value):
    """Fails for a field that the engine wrote and the noun does not have."""
    if dataclasses.is_dataclass(value):
        names = {field.name for field in dataclasses.fields(value)}
        assert raw.keys() <= names, f"{type(value).__name__} lacks {raw.keys() - names}"
        for name, item in raw.items():
            assert_whole(item, getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for one, other in zip(raw, value):
            assert_whole(one, other)


def long_verbs(engine, path):
    """Returns the verbs that say how far they are, with the arguments they need here."""
    return {
        "prune": lambda **told: engine.prune(policy={"older_than": "0s"}, dry_run=False, **told),
        "archive": lambda **told: engine.archive(dry_run=False, **told),
        "search_output": lambda **told: engine.search_output("o", **told),
        "verify": engine.verify,
        "export": lambda **told: engine.export(path, format="bundle", existing="replace", **told),
        "import_runs": lambda **told: engine.import_runs(path, **told),
        "import_text": lambda **told: engine.import_text("PLAY RECAP ***\nr1 : ok=1\n", dry_run=True, **told),
    }


@pytest.mark.parametrize("verb", ["export", "search_output", "verify", "archive", "import_runs", "import_text", "prune"])
def test_long_work_says_how_far_it_is(engine, tmp_path, verb):
    for name in ("one", "two", "three"):
        finished(engine, name)
    path = tmp_path / "runs.tar"
    engine.export(path, format="bundle")
    heard = []
    report = long_verbs(engine, path)[verb](progress=heard.append)
    assert type(report) is type(long_verbs(engine, path)[verb]())
    assert heard and all(isinstance(progress, netsnap.Progress) for progress in heard)
    assert [progress.done for progress in heard] == sorted(progress.done for progress in heard)
    assert heard[-1].done == heard[-1].total > 0


def test_what_hears_of_progress_can_stop_the_work(engine):
    finished(engine, "one")

    def stop(progress):
        raise RuntimeError(f"enough at {progress.done}")

    with pytest.raises(RuntimeError, match="enough at 1"):
        engine.verify(progress=stop)
    assert engine.verify().errors == 0


def test_an_error_of_long_work_is_raised_as_ever(engine):
    with pytest.raises(netsnap.InvalidInputError) as caught:
        engine.verify(limit=0, progress=print)
    assert caught.value.operation == "verify"
