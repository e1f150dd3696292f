"""The id of a plan, worked out anew from what is published: nothing but hashlib and json stands between."""

import hashlib
import json
import os

import netsnap
import pytest
from conftest import ROOT

#: What the verb says beside the plan itself.
ANSWERS = {"proven", "empty"}


def written(value):
    """Writes JSON as ``plan.v3.json`` says: keys sorted, no blanks, a comma behind every member and item."""
    if isinstance(value, dict):
        return "{" + "".join(f"{json.dumps(key)}:{written(value[key])}," for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"{written(item)}," for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def old_plan_id(plan):
    text = written({key: value for key, value in plan.items() if key != "id"})
    return hashlib.sha256(b"netsnap:plan\0" + text.encode()).hexdigest()


def plan_id(plan):
    document = {key: value for key, value in plan.items() if key != "id"}
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answered(engine, verb, **arguments):
    """Calls a verb and returns the very JSON that it answers with."""
    inventory = arguments.pop("inventory", None)
    text, _ = engine._native.call(verb, json.dumps(arguments), inventory, {})
    return json.loads(text)


def of_verb(answer):
    return plan_id({key: value for key, value in answer.items() if key not in ANSWERS})


@pytest.mark.parametrize("form", [1, 2, 3])
def test_the_id_of_an_older_form_is_worked_out_alike(form):
    plan = json.loads((ROOT / f"netsnap-core/src/plan/testdata/plan.v{form}.json").read_text())
    assert plan["schema"] == form
    assert old_plan_id(plan) == plan["id"]


@pytest.mark.parametrize(
    ("form", "words"),
    [(3, ("netsnap:plan", "NUL", "a comma behind every member and item", "without blanks")), (4, ("SHA-256", "RFC 8785"))],
)
def test_the_published_schema_says_so(form, words):
    schema = json.loads((ROOT / f"netsnap-core/schema/plan.v{form}.json").read_text())
    for said in words:
        assert said in schema["description"]


def test_the_id_of_a_plan_is_worked_out_from_what_the_verb_returns(engine):
    if "NETSNAP_TEST_INVENTORY" not in os.environ:
        pytest.skip("NETSNAP_TEST_INVENTORY is not set")
    inventory = netsnap.load_inventory(os.environ["NETSNAP_TEST_INVENTORY"])
    first, second = (snapshot.subject for snapshot in engine.capture(inventory).snapshots)
    answer = answered(
        engine,
        "plan",
        targets=[
            {"device": first, "intended": 'hostname "größe\\é😀"\n'},
            {"device": second, "intended": "hostname r2\n"},
        ],
        schedule={"redundancy": [[first, second]], "roles": {"Some_Router": "edge"}, "role_order": ["edge"]},
        expires_in=3600,
    )
    assert of_verb(answer) == answer["id"]
    assert of_verb(answered(engine, "load_plan", id=answer["id"])) == answer["id"]
    assert of_verb(answer | {"expires_at": answer["created_at"]}) != answer["id"]
    document = engine.plan_document(answer["id"])
    assert hashlib.sha256(document.encode()).hexdigest() == answer["id"]
    assert json.loads(document) == {key: value for key, value in answer.items() if key not in ANSWERS | {"id"}}
