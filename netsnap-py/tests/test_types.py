"""The types hold: within the package, against what is really there, and for a caller."""

import os
import pathlib
import subprocess
import sys

import netsnap
from conftest import need

need("mypy", "mypy")

ROOT = pathlib.Path(__file__).resolve().parents[1]
CALLER = """
import netsnap
from typing_extensions import assert_type

def blocking(inventory: netsnap.Inventory) -> None:
    with netsnap.open("memory:") as engine:
        assert_type(engine.current(), netsnap.Execution | None)
        assert_type(engine.keep_configuration("r1", "juniper_junos", "", taken_at=None), netsnap.Snapshot)
        assert_type(engine.plan({"r1": "hostname r1"}).proven, bool)
        for event in engine.follow("x"):
            assert_type(event, netsnap.Event)
        with engine.record("x") as run:
            assert_type(run.event("hello"), int)
            assert_type(run.ask(inventory.select("r1"), "show version", limits={"idle": 5}), netsnap.Output)
        with engine.replaying("x") as past:
            assert_type(past, netsnap.Netsnap)
        engine.collect(inventory, "show version", limits={"connct": 5})  # type: ignore
        failed: netsnap.Filter = {"all": [{"status": ["failed"]}, {"not": {"name": {"starts_with": "lab"}}}]}
        page = engine.list_executions(filter=failed, sort={"by": "ended"}, count_up_to=10)
        assert_type(page.total, netsnap.Total | None)
        assert_type(engine.stats(filter=failed, group_by={"label": "site"}).groups, list[netsnap.Group])
        engine.prune(policy={"older_than": "90d", "keep_last_success": ["device"]}, dry_run=False)
        engine.list_executions(filter={"status": "failed"})  # type: ignore
        netsnap.ErrorReport(kind="lost", message="")  # type: ignore
        engine.verify(progress=lambda progress: assert_type(progress.done, int))
        engine.verify(progress=lambda: None)  # type: ignore
        for event in engine.replay("x", speed=10):
            assert_type(event, netsnap.Event)

async def coroutines() -> None:
    async with netsnap.open_async("memory:") as engine:
        assert_type(await engine.list_executions(limit=3), netsnap.Page[netsnap.Execution])
        assert_type(await engine.metrics(), str)
        async with await engine.replaying("x") as then, then.record("x") as run:
            assert_type(await run.ask({"name": "r1"}, "show version"), netsnap.Output)
        async for past in engine.replay("x"):
            assert_type(past, netsnap.Event)
        async for event in engine.watch():
            assert_type(event.execution, str)
"""


def run(*command, cwd=None):
    cache = {"MYPY_CACHE_DIR": os.devnull}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, env=os.environ | cache
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_typed():
    run("mypy", "--config-file", str(ROOT / "pyproject.toml"), "-p", "netsnap")


def test_the_stubs_say_what_is_there():
    modules = ["netsnap.client", "netsnap.recorder", "netsnap._netsnap", "netsnap.inventory", "netsnap.history"]
    run("mypy.stubtest", "--mypy-config-file", str(ROOT / "pyproject.toml"), *modules)


def test_a_caller_gets_types(tmp_path):
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    run("mypy", "--strict", "caller.py", cwd=tmp_path)
    assert (pathlib.Path(netsnap.__file__).parent / "py.typed").exists()
