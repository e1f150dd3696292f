"""Python and Node have the same verbs, options, fields and words."""

import ast
import json
import re

from conftest import CASES, ROOT
from netsnap import _netsnap

PACKAGE = ROOT / "netsnap-py" / "python" / "netsnap"
NODE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "netsnap-node").glob("*.d.ts")))
NOUNS = (
    "words.py",
    "models.py",
    "plan_models.py",
    "difference_models.py",
    "history_models.py",
    "exchange_models.py",
    "topology_models.py",
)
# Classes that others take verbs from.
BASES = {
    "Netsnap": ("history.pyi", "History"),
    "AsyncNetsnap": ("history.pyi", "AsyncHistory"),
    "History": ("differences.pyi", "Differences"),
    "AsyncHistory": ("differences.pyi", "AsyncDifferences"),
}
VERBS = set(json.loads((CASES / "verbs.json").read_text(encoding="utf-8")))
ENGINE = {verb for verb in VERBS if not verb.startswith("run.")}
RECORDER = {verb.removeprefix("run.") for verb in VERBS if verb.startswith("run.")}


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def python_classes(file):
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def python_nouns():
    return {name: node for file in NOUNS for name, node in python_classes(file).items()}


def python_methods(file, name):
    inherited = python_methods(*BASES[name]) if name in BASES else {}
    body = python_classes(file)[name].body
    functions = (node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return inherited | {node.name: node for node in functions if not node.name.startswith("_")}


def node_block(head):
    return re.search(rf"export (?:interface|class) {head}\b[^{{]*{{\n(.*?)\n}}", NODE, re.DOTALL)[1]


def node_methods(name):
    return {snake(found) for found in re.findall(r"^  (\w+)(?:<T>)?\(", node_block(name), re.MULTILINE)} - {"constructor"}


def node_fields(name):
    extended = re.search(rf"export interface {name} extends (\w+)", NODE)
    inherited = node_fields(extended[1]) if extended else set()
    return inherited | {snake(found) for found in re.findall(r"^  (\w+)\??:", node_block(name), re.MULTILINE)}


def test_the_engine_has_the_same_verbs_everywhere():
    assert set(python_methods("client.pyi", "Netsnap")) == ENGINE
    assert set(python_methods("client.pyi", "AsyncNetsnap")) == ENGINE
    assert node_methods("Netsnap") == ENGINE
    assert set(_netsnap.VERBS) <= ENGINE


def test_the_recorder_has_the_same_verbs_everywhere():
    for name in ("Recorder", "AsyncRecorder"):
        assert set(python_methods("recorder.pyi", name)) - {"id"} == RECORDER
    assert node_methods("Recorder") == RECORDER


def test_blocking_calls_and_coroutines_take_the_same_arguments():
    for file, names in {"client.pyi": ("Netsnap", "AsyncNetsnap"), "recorder.pyi": ("Recorder", "AsyncRecorder")}.items():
        blocking, coroutines = (python_methods(file, name) for name in names)
        for verb in blocking:
            assert ast.dump(blocking[verb].args) == ast.dump(coroutines[verb].args), verb


def test_the_options_are_the_same():
    options = {
        ("client.pyi", "Netsnap"): {
            "list_executions": "ListOptions",
            "history": "PageOptions",
            "label": "AuthorOptions",
            "pin": "AuthorOptions",
            "unpin": "AuthorOptions",
            "annotate": "AuthorOptions",
            "cancel": "AuthorOptions",
            "audit": "AuditOptions",
            "stats": "StatsOptions",
            "latest_by_device": "FilterOptions",
            "prune": "PruneOptions",
            "archive": "ArchiveOptions",
            "search_output": "SearchOptions",
            "compare_executions": "CompareOptions",
            "rerun_plan": "RerunPlanOptions",
            "rerun": "RerunOptions",
            "replay": "ReplayOptions",
            "recover": "RecoverOptions",
            "verify": "VerifyOptions",
            "metrics": "CallOptions",
            "export": "ExportOptions",
            "import_runs": "ImportOptions",
            "import_text": "ImportOptions",
            "topology": "CallOptions",
            "diff_topology": "CallOptions",
            "draw_topology": "CallOptions",
            "diff_text": "TextOptions",
            "diff_config": "DiffConfigOptions",
            "domains": "CallOptions",
            "snapshot_domains": "CallOptions",
            "diff_domains": "CallOptions",
            "diff_fleet": "FleetDiffOptions",
            "show_fleet_diff": "ShowFleetOptions",
            "show_topology_diff": "ShowTopologyOptions",
            "events": "EventsOptions",
            "follow": "FollowOptions",
            "collect": "CollectOptions",
            "capture": "WorkOptions",
            "keep_configuration": "KeepOptions",
            "plan": "PlanOptions",
            "deploy": "DeployOptions",
            "rollback": "RollbackOptions",
            "check_plan": "WorkOptions",
            "approve_plan": "AuthorOptions",
            "validate_plan": "CallOptions",
            "approvals": "CallOptions",
            "show_plan": "ShowPlanOptions",
            "plan_document": "CallOptions",
            "begin": "BeginOptions",
            "record": "BeginOptions",
        },
        ("recorder.pyi", "Recorder"): {
            "ask": "AskOptions",
            "event": "EventOptions",
            "output": "OutputOptions",
            "device_result": "DeviceResultOptions",
        },
    }
    for (file, name), verbs in options.items():
        methods = python_methods(file, name)
        for verb, interface in verbs.items():
            python = {argument.arg for argument in methods[verb].args.kwonlyargs}
            # What hears of progress is a word of its own in each language.
            node = {"progress" if field == "on_progress" else field for field in node_fields(interface)}
            assert python == node - {"signal"}, verb


def test_the_nouns_have_the_same_fields():
    compared = 0
    nouns = python_nouns()
    for name, node in nouns.items():
        if f"export interface {name} " not in NODE and f"export interface {name}<" not in NODE:
            continue
        fields = {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
        parents = [parent.id for parent in node.bases if isinstance(parent, ast.Name) and parent.id not in ("Record", "Generic")]
        for parent in parents:
            fields |= {item.target.id for item in nouns[parent].body if isinstance(item, ast.AnnAssign)}
        secrets = {"password", "key_passphrase"} if name == "Device" else set()
        assert fields == node_fields(name) - secrets, name
        compared += 1
    assert compared > 60


def test_the_words_are_the_same():
    compared = 0
    for node in (node for file in NOUNS for node in ast.parse((PACKAGE / file).read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) and ast.unparse(node.value.value) == "Literal":
            name = node.targets[0].id
            union = re.search(rf"export type {name} =(.*?)\n(?=\n|export|/)", NODE + "\n", re.DOTALL)[1]
            words = {word.value for word in ast.walk(node.value.slice) if isinstance(word, ast.Constant)}
            assert words == set(re.findall(r"'(\w+)'", union)), name
            compared += 1
    assert compared > 25
    codes = re.search(r"export type ErrorCode =(.*?)\n\n", NODE, re.DOTALL)[1]
    assert re.findall(r"'(\w+)'", codes) == [kind for kind, _, _ in _netsnap.error_kinds()]
