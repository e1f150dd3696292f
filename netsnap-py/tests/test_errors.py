"""Each kind of error is an exception of its own, with everything that is known about it."""

import json
import pickle

import netsnap
import pytest
from conftest import CASES
from netsnap import _netsnap

KINDS = json.loads((CASES / "errors" / "kinds.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row["kind"])
def test_a_kind_is_an_exception_class_of_its_own(row):
    report = netsnap.ErrorReport(
        kind=row["kind"],
        message="it went wrong",
        operation="deploy",
        context={"device": "r1"},
        hint="do something",
        effect="indeterminate",
        retryable=row["retryable"],
    )
    with pytest.raises(getattr(netsnap, row["python"])) as caught:
        raise report.exception()
    error = caught.value
    assert isinstance(error, netsnap.NetsnapError)
    assert (error.kind, error.retryable, error.effect) == (row["kind"], row["retryable"], "indeterminate")
    assert (error.operation, error.message, error.hint) == ("deploy", "it went wrong", "do something")
    assert error.context == {"device": "r1"}
    assert str(error) == "deploy: it went wrong (device=r1); do something"


def test_the_table_of_the_module_is_the_shared_one():
    rows = [{"kind": kind, "python": name, "retryable": again} for kind, name, again in _netsnap.error_kinds()]
    assert rows == KINDS
    assert all(row["python"] in netsnap.__all__ for row in KINDS)


def test_an_error_travels_between_processes():
    error = netsnap.ErrorReport(kind="drift", message="it changed", context={"device": "r1"}).exception()
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is netsnap.DriftError
    assert (copy.message, copy.context, str(copy)) == (error.message, error.context, str(error))


def test_a_failed_call_says_what_and_where(engine):
    with pytest.raises(netsnap.NotFoundError) as caught:
        engine.execution("exec_2020-01-01_000000_00000000")
    assert caught.value.context["execution"] == "exec_2020-01-01_000000_00000000"
    assert caught.value.operation
    assert not caught.value.retryable


def test_a_class_made_by_hand_has_defaults():
    error = netsnap.ConflictError("mine")
    assert (error.kind, error.retryable, error.operation, error.hint, error.effect) == ("conflict", True, "", None, "none")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("hostname \ud800\n", "surrogate"), ("hostname ä\ud800\n" * 1000, "surrogate"), (b"hostname r1\n", "bytes"), (7, "is no text")],
)
def test_what_is_no_text_is_an_error_of_ours(engine, text, reason):
    with pytest.raises(netsnap.InvalidInputError, match=reason):
        engine.diff_text("hostname a\n", text)
    with pytest.raises(netsnap.InvalidInputError):
        engine.keep_configuration("r1", "frr", text)


def test_an_option_that_does_not_exist_is_refused(engine):
    with pytest.raises(TypeError):
        engine.list_executions(pages=2)
    with pytest.raises(netsnap.InvalidInputError, match="unknown field"):
        engine.capture([{"name": "r1", "host": "h", "username": "u", "platform": "frr"}], limits={"conect": 1})
