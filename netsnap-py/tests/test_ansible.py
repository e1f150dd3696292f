"""Playbooks and ad-hoc commands of a real Ansible, recorded while they go on."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import netsnap
import pytest
from conftest import need, skip

need("ansible.release", "ansible-core")

from netsnap.ansible import callback_folder  # noqa: E402

PLAYBOOKS = pathlib.Path(__file__).parent / "ansible"
CANARY = "canary-7f3a91"
COUNTERS = ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored")
RECAP = re.compile(r"^(\S+)\s+: " + r"\s+".join(rf"{name}=(?P<{name}>\d+)" for name in COUNTERS), re.MULTILINE)


class Bed:
    """A folder with a store, and Ansible that records into it."""

    def __init__(self, folder, store="data"):
        self.folder = folder
        self.store = f"sqlite:{folder / 'runs.db'}" if store == "sqlite" else str(folder / store)

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "NETSNAP_"))}
        ours = {
            "ANSIBLE_CALLBACK_PLUGINS": callback_folder(),
            "ANSIBLE_CALLBACKS_ENABLED": "netsnap",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10",
            "LC_ALL": "C.UTF-8",
            "NETSNAP_STORE": self.store,
            "PLANTED": CANARY,
            "PLACE": str(self.folder),
        }
        return kept | ours | more

    def start(self, program, *arguments, **environment):
        command = [str(pathlib.Path(sys.executable).parent / program), "-i", "hosts.ini", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        environment = self.environment(**environment)
        return subprocess.Popen(command, cwd=PLAYBOOKS, env=environment, start_new_session=True, **pipes)

    def run(self, program, *arguments, **environment):
        """Returns the exit code and what was printed."""
        process = self.start(program, *arguments, **environment)
        printed, _ = process.communicate(timeout=300)
        return process.returncode, printed

    def runs(self):
        """Returns the runs, oldest first."""
        with netsnap.open(self.store) as engine:
            return list(reversed(engine.list_executions().items))

    def ended(self):
        """Returns the only run, as soon as the process that writes it has noticed that the playbook is gone."""
        for _ in range(600):
            (run,) = self.runs()
            if run.status != "running":
                break
            time.sleep(0.05)
        return run

    def until(self, text):
        """Waits until a run that goes on has recorded an event with a text."""
        for _ in range(1200):
            with netsnap.open(self.store) as engine:
                for run in engine.list_executions(filter={"status": ["running"]}):
                    if any(text in event.text for event in engine.events(run.id)):
                        return run.id
            time.sleep(0.05)
        raise AssertionError(f"nothing of {text!r} was recorded")

    def stored_bytes(self):
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())


def kill_the_rest_of(process):
    """Before ansible-core 2.19 the workers outlive a command that is told to end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


def kill_all_with(mark):
    """Kills what was started with a text in its environment: workers, which have sessions of their own since ansible-core 2.19."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)


def recap(printed):
    return {row[1]: {name: int(row[name]) for name in COUNTERS} for row in RECAP.finditer(printed)}


def recorded_recap(engine, run):
    return {
        result.device: {name: getattr(result.tasks, name) for name in COUNTERS} for result in engine.device_results(run.id)
    }


def warnings_of(printed):
    return re.sub(r"\s+", " ", printed).count("netsnap records this run incompletely")


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A playbook with every way in which a task can end, recorded in a folder."""
    bed = Bed(tmp_path_factory.mktemp("everything") / "recorded")
    place = bed.folder.parent / "place"
    place.mkdir()
    bed.folder.mkdir()
    code, bed.printed = bed.run("ansible-playbook", "everything.yml", PLACE=str(place))
    assert code & ~6 == 0, bed.printed
    with netsnap.open(bed.store) as engine:
        bed.engine = engine
        (bed.record,) = engine.list_executions().items
        yield bed


def events_of(bed, event):
    found = bed.engine.events(bed.record.id, limit=5000)
    return [one for one in found if (one.data or {}).get("event") == event]


def test_the_counters_are_those_of_the_recap(everything):
    printed = recap(everything.printed)
    assert len(printed) == 11, everything.printed
    assert recorded_recap(everything.engine, everything.record) == printed
    totals = {name: sum(host[name] for host in printed.values()) for name in COUNTERS}
    assert {name: getattr(everything.record.results.tasks, name) for name in COUNTERS} == totals


def test_a_playbook_is_one_run_with_all_that_it_was_asked_for(everything):
    run = everything.record
    assert (run.kind, run.name, run.status, run.tool) == ("playbook", "everything.yml", "partial", "ansible-core")
    assert run.incomplete is None and not run.dry_run and run.version and run.actor
    assert run.parameters["options"]["args"] == ["everything.yml"]
    assert "environment" not in run.parameters
    assert {device.id for device in run.devices} == {*(f"r{number}" for number in range(1, 11)), "added"}
    assert {device.ip for device in run.devices if device.id not in ("r10", "added")} == {"192.0.2.7"}


def test_each_host_ends_as_its_tasks_ended(everything):
    ended = {result.device: result for result in everything.engine.device_results(everything.record.id)}
    assert (ended["r1"].status, ended["r5"].status, ended["r10"].status) == ("changed", "failed", "unreachable")
    assert (ended["r9"].status, ended["added"].status) == ("ok", "ok")
    assert (ended["r5"].error.message, ended["r10"].error.kind) == ("this host fails", "unreachable")
    assert ended["r1"].started_at < ended["r1"].ended_at and ended["r1"].duration_us > 0


def test_each_task_on_each_host_is_an_output_with_its_data(everything):
    engine, run = everything.engine, everything.record
    outputs = {(one.device, one.command): one for one in engine.outputs(run.id)}
    assert outputs["r1", "a command that changes"].status == "changed"
    assert outputs["r3", "a command that changes"].status == "skipped"
    assert outputs["r2", "fail inside"].status == "rescued"
    assert outputs["r10", "a command that changes"].status == "unreachable"
    failed = engine.output(run.id, "r1", "a command that fails and is ignored")
    assert (failed.summary.status, failed.summary.exit_status, failed.text) == ("ignored", 3, "out\nerr\n")
    assert (failed.parsed["rc"], failed.parsed["stdout"]) == (3, "out")
    assert engine.output(run.id, "r1", "a loop").text.startswith("one:\nitem one\ntwo:\n")
    counted = {}
    for one in engine.outputs(run.id):
        counted[one.device] = counted.get(one.device, 0) + 1
    for host, numbers in recap(everything.printed).items():
        # An include is counted in the recap, and is a task of its own in the outputs, too.
        counts = ("ok", "failed", "unreachable", "skipped", "rescued")
        assert counted[host] == sum(numbers[name] for name in counts), host


def test_what_happens_on_the_way_is_an_event(everything):
    events = everything.engine.events(everything.record.id, limit=5000)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    first = {event.device: event.data for event in events if event.kind == "device_started"}
    assert (first["r1"]["platform"], first["r1"]["address"]) == ("frr.frr.frr", "192.0.2.7")
    command = next(event.data for event in events if event.text == "a command that changes: changed")
    assert command["module"] == "ansible.builtin.command" and re.search(r"everything\.yml:\d+$", command["path"])
    assert command["duration_us"] > 0
    told = {name: len(events_of(everything, name)) for name in ("play_started", "handler_started", "included", "retry")}
    assert told == {"play_started": 3, "handler_started": 1, "included": 1, "retry": 2}
    assert [event.data["item"] for event in events_of(everything, "item_ok") if event.device == "r1"] == [
        "the item one",
        "the item three",
    ]
    assert events_of(everything, "file_diff")[0].data["diff"][0]["after"] == "one\ntwo\n"
    for name in ("item_skipped", "notified", "no_hosts_matched", "async_ok"):
        assert events_of(everything, name), name
    (warning,), (deprecation,) = events_of(everything, "warning"), events_of(everything, "deprecation")
    assert (warning.device, warning.level, warning.text) == ("r4", "warning", "be careful with knives")
    assert "too old for knives" in deprecation.text


def test_nothing_of_a_hidden_result_is_stored(everything):
    assert CANARY.encode() not in everything.stored_bytes()
    hidden = everything.engine.output(everything.record.id, "r3", "secrets in the items of a loop")
    assert (hidden.text, hidden.parsed, hidden.summary.status) == ("(hidden: no_log)\n", None, "changed")
    assert not [event for event in events_of(everything, "file_diff") if "secret" in event.text and "diff" in event.data]


def test_a_large_result_keeps_its_head_and_its_tail(everything):
    output = everything.engine.output(everything.record.id, "r7", "much output")
    assert output.text.startswith("beginxxx") and output.text.endswith("xxxend\n")
    assert "left out" in output.text and len(output.bytes) < 1_100_000
    assert "left out" in output.parsed["stdout"] and "netsnap_left_out" in output.parsed


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_settings_options_and_secrets_in_a_database(tmp_path, strategy):
    bed = Bed(tmp_path, "sqlite")
    settings = {"NETSNAP_LABELS": "site=zurich,urgent", "NETSNAP_TICKET": "CHG-7", "NETSNAP_WHY": "nightly"}
    settings |= {"NETSNAP_TRIGGER": "schedule", "NETSNAP_ENVIRONMENT": "SHOWN", "SHOWN": "yes", "SUDO_USER": "anna"}
    extra = ["-e", f"api_token={CANARY} color=blue", "-e", f'{{"deep": {{"password": "{CANARY}"}}}}', "-e", "netsnap_job_id=job7"]
    arguments = ["short.yml", "--check", "--diff", "--limit", "r1:r2:r3", "--tags", "all,again", *extra]
    code, printed = bed.run("ansible-playbook", *arguments, ANSIBLE_STRATEGY=strategy, **settings)
    assert code == 2, printed
    (run,) = bed.runs()
    assert (run.status, run.dry_run, run.trigger, run.ticket, run.why) == ("partial", True, "schedule", "CHG-7", "nightly")
    assert (run.labels, run.job_id) == ({"site": "zurich", "urgent": "true"}, "job7")
    assert run.actor == ("anna" if os.geteuid() == 0 else run.actor)
    asked = run.parameters
    assert (asked["check"], asked["diff"], asked["options"]["subset"]) == (True, True, "r1:r2:r3")
    assert asked["options"]["extra_vars"][0] == "api_token=******** color=blue"
    assert asked["environment"] == {"SHOWN": "yes"}
    with netsnap.open(bed.store) as engine:
        assert recorded_recap(engine, run) == recap(printed)
        commands = [one.command for one in engine.outputs(run.id) if one.device == "r1"]
        assert {"the same name", "the same name #2", "told"} <= set(commands)
        assert engine.output(run.id, "r1", "the same name #2").text == "second\n"
        assert all(one.data["duration_us"] < 60_000_000 for one in engine.events(run.id) if one.kind == "command_finished")
    assert CANARY.encode() not in bed.stored_bytes()


def test_an_adhoc_command_is_a_run(tmp_path):
    bed = Bed(tmp_path)
    arguments = ["r1,r2", "-m", "command", "-a", "echo password=hunter2hunter2"]
    code, printed = bed.run("ansible", *arguments)
    assert code == 0, printed
    (run,) = bed.runs()
    assert (run.kind, run.name, run.status) == ("adhoc", "command", "succeeded")
    assert run.parameters["options"]["module_args"] == "echo password=********"
    assert {device.id for device in run.devices} == {"r1", "r2"}
    with netsnap.open(bed.store) as engine:
        assert [result.tasks.changed for result in engine.device_results(run.id)] == [1, 1]
    assert b"hunter2hunter2" not in bed.stored_bytes()


def test_two_playbooks_in_one_command_are_two_runs_with_their_own_numbers(tmp_path):
    bed = Bed(tmp_path)
    code, printed = bed.run("ansible-playbook", "short.yml", "short.yml", "--limit", "r1")
    assert code == 0, printed
    runs = bed.runs()
    assert [run.status for run in runs] == ["succeeded", "succeeded"]
    assert runs[0].results.tasks == runs[1].results.tasks
    assert runs[0].results.tasks.ok > 0


def test_ctrl_c_leaves_a_cancelled_run(tmp_path):
    bed = Bed(tmp_path)
    process = bed.start("ansible-playbook", "waits.yml", "--limit", "r1:r2")
    bed.until("say hello: ok")
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 99, printed
    (run,) = bed.runs()
    assert (run.status, run.reason) == ("cancelled", "stopped by SIGINT")
    assert run.results.tasks.ok == 2


def test_sigterm_leaves_a_cancelled_run(tmp_path):
    bed = Bed(tmp_path)
    process = bed.start("ansible-playbook", "waits.yml", "--limit", "r1")
    bed.until("say hello: ok")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == -signal.SIGTERM
    kill_the_rest_of(process)
    (run,) = bed.runs()
    assert (run.status, run.reason) == ("cancelled", "stopped by SIGTERM")


def test_a_killed_playbook_is_found_interrupted(tmp_path):
    bed = Bed(tmp_path)
    process = bed.start("ansible-playbook", "waits.yml", "--limit", "r1")
    name = bed.until("say hello: ok")
    kill_the_rest_of(process)
    run = bed.ended()
    assert (run.id, run.status) == (name, "interrupted")
    assert run.reason


def test_a_store_that_breaks_costs_one_warning_and_nothing_else(tmp_path):
    bed = Bed(tmp_path)
    code, printed = bed.run("ansible-playbook", "breaks.yml", "--limit", "r1:r2:r3")
    assert code == 0 and all(host["failed"] == 0 for host in recap(printed).values()), printed
    assert warnings_of(printed) == 1, printed
    # What was written until then is a run that can be read.
    (tmp_path / "data").unlink()
    (tmp_path / "data.moved").rename(tmp_path / "data")
    (run,) = bed.runs()
    assert run.status == "interrupted"


def test_a_store_that_cannot_be_opened_costs_one_warning_and_nothing_else(tmp_path):
    (tmp_path / "file").write_text("no folder")
    bed = Bed(tmp_path, "file/data")
    code, printed = bed.run("ansible-playbook", "short.yml", "--limit", "r1")
    assert code == 0, printed
    assert warnings_of(printed) == 1, printed


def slowed(folder, body, verb="_call"):
    """Returns the environment of a Python in which the recorder is held up."""
    (folder / "sitecustomize.py").write_text(
        f"import time, netsnap.recorder\nwrite = netsnap.recorder.Recorder.{verb}\n{body}\n"
        f"netsnap.recorder.Recorder.{verb} = slow\n"
    )
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_a_store_that_hangs_holds_the_end_up_no_longer_than_the_deadline(tmp_path):
    bed = Bed(tmp_path)
    hangs = slowed(tmp_path, "def slow(*arguments, **more):\n    time.sleep(3600)")
    started = time.monotonic()
    code, printed = bed.run("ansible-playbook", "short.yml", "--limit", "r1", NETSNAP_DEADLINE="1", **hangs)
    # The playbook itself takes seconds, the store an hour: only a deadline that is not kept takes half a minute.
    assert code == 0 and time.monotonic() - started < 30, printed
    assert warnings_of(printed) == 1, printed
    (run,) = bed.runs()
    assert run.status == "interrupted"


def test_what_a_slow_store_cannot_take_is_counted_in_a_record_that_says_so(tmp_path):
    bed = Bed(tmp_path)
    slow = slowed(tmp_path, "def slow(*arguments, **more):\n    time.sleep(0.05)\n    return write(*arguments, **more)")
    code, printed = bed.run("ansible-playbook", "short.yml", NETSNAP_QUEUE="3", NETSNAP_DEADLINE="60", **slow)
    assert code == 2, printed
    assert warnings_of(printed) == 1, printed
    (run,) = bed.runs()
    assert run.status == "partial"
    assert re.match(r"\d+ entries are missing: the store is too slow", run.incomplete)
    with netsnap.open(bed.store) as engine:
        assert recorded_recap(engine, run) == recap(printed)


ENDS_WHILE_MUCH_WAITS = """
from netsnap_ansible._scribe import Scribe
from netsnap_ansible._writer import Writer

scribe = Scribe()
def begin():
    scribe.begin("data", "much", {"kind": "playbook", "actor": "ops", "devices": []})
    return scribe
writer = Writer(begin, scribe.close, limit=100_000)
for _ in range(20_000):
    writer.put(lambda run: run.event("interface is up", device="r1", data={"text": "x" * 150}))
writer.end("succeeded", None)
assert writer.wait(20) or scribe.kill()
"""


def test_a_run_of_which_much_still_waits_ends_in_time_and_says_what_is_missing(tmp_path):
    slow = slowed(tmp_path, "def slow(*arguments, **more):\n    time.sleep(0.01)\n    return write(*arguments, **more)", "event")
    environment = {**os.environ, **slow}
    # Written one by one, 20,000 entries would take more than three minutes.
    subprocess.run([sys.executable, "-c", ENDS_WHILE_MUCH_WAITS], cwd=tmp_path, env=environment, timeout=120, check=True)
    with netsnap.open(tmp_path / "data") as engine:
        run = engine.current()
        assert run.status == "succeeded"
        assert re.match(r"\d+ entries are missing: the time to write what was waiting was over", run.incomplete)


def test_the_module_prints_the_folder_to_name():
    done = subprocess.run([sys.executable, "-m", "netsnap.ansible"], capture_output=True, text=True, check=True)
    assert (pathlib.Path(done.stdout.strip()) / "netsnap.py").is_file()


def test_the_engine_is_not_loaded_where_workers_are_forked(tmp_path):
    bed = Bed(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, sys\n"
        "def loaded():\n"
        "    if sys.argv[0].endswith('ansible-playbook') and os.getpid() == owner:\n"
        "        engine = [name for name in sys.modules if name.split('.')[0] == 'netsnap']\n"
        f"        open({str(tmp_path / 'loaded')!r}, 'w').write(repr(engine))\n"
        "owner = os.getpid()\natexit.register(loaded)\n"
    )
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    code, printed = bed.run("ansible-playbook", "short.yml", "--limit", "r1", PYTHONPATH=paths)
    assert code == 0 and warnings_of(printed) == 0, printed
    assert (tmp_path / "loaded").read_text() == "[]"


def watched(folder):
    """Returns the environment of a Python that writes down what was counted on the way, before the recap replaces it."""
    (folder / "sitecustomize.py").write_text(
        "import json, netsnap_ansible._run as run\nrecap = run.Run.recap\n"
        "def written(self, moment, summaries):\n"
        "    tasks = {host: dict(tally.tasks) for host, tally in self._tallies.items()}\n"
        f"    open({str(folder / 'counted.json')!r}, 'w').write(json.dumps(tasks))\n"
        "    recap(self, moment, summaries)\nrun.Run.recap = written\n"
    )
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A playbook of what playbooks do seldom."""
    bed = Bed(tmp_path_factory.mktemp("odd"))
    code, bed.printed = bed.run("ansible-playbook", "odd.yml", **watched(bed.folder))
    assert code == 2 and "made-two" in bed.printed, bed.printed
    assert warnings_of(bed.printed) == 0, bed.printed
    with netsnap.open(bed.store) as engine:
        bed.engine = engine
        (bed.record,) = engine.list_executions().items
        yield bed


def test_what_is_counted_on_the_way_is_what_the_recap_says(odd):
    assert recorded_recap(odd.engine, odd.record) == recap(odd.printed)
    assert json.loads((odd.folder / "counted.json").read_text()) == recap(odd.printed)
    assert odd.engine.verify().findings == []


def test_hosts_that_a_play_adds_are_devices_of_the_run(odd):
    devices = {device.id: device for device in odd.record.devices}
    assert set(devices) == {*(f"r{number}" for number in range(1, 8)), "made-one", "made-two"}
    assert (devices["made-one"].ip, devices["made-one"].platform) == ("192.0.2.9", "frr.frr.frr")
    assert devices["r1"].platform == "frr.frr.frr"
    assert odd.record.results.total_devices == 9
    assert odd.engine.list_executions(filter={"device": "made-*"}).items[0].id == odd.record.id


def test_roles_rescues_handlers_and_what_is_for_one_host_are_recorded(odd):
    engine, run = odd.engine, odd.record
    status = {(one.device, one.command): one.status for one in engine.outputs(run.id)}
    assert status["r2", "fails for two"] == "rescued" and status["r3", "the rescue fails for one"] == "rescued"
    assert ("r1", "the outer rescue") not in status and status["r3", "the outer rescue"] == "ok"
    assert {status[f"r{number}", "always, outside"] for number in (1, 2, 3, 4)} == {"ok"}
    assert (status["r1", "once, for all"], status["r1", "fails when it is handled"]) == ("changed", "failed")
    assert (status["r5", "fails once"], status["r1", "in the background"]) == ("failed", "changed")
    # It left before.
    assert ("r4", "facts for another") not in status and ("r6", "fails once") not in status
    assert ("r1", "after the handlers") not in status and status["r2", "after the handlers"] == "ok"
    assert {status[f"r{number}", "odd : handle the role"] for number in (1, 2, 3, 4, 5)} == {"ok"}
    assert status["r1", "odd : in a role #4"] == "changed"
    facts = [one.data for one in engine.events(run.id, limit=5000) if one.text == "facts for another: ok"]
    assert {one["delegated_to"] for one in facts} == {"r5"}
    plays = [one.data["play"] for one in events_of(odd, "play_started")]
    assert plays.count("roles and parts") == 3
    ended = {result.device: result for result in engine.device_results(run.id)}
    assert (run.status, ended["r1"].status, ended["r4"].status) == ("partial", "failed", "changed")
    assert ended["r1"].error.message == "a handler fails"


def test_after_a_failure_that_is_fatal_for_all_nobody_goes_on(tmp_path):
    bed = Bed(tmp_path)
    code, printed = bed.run("ansible-playbook", "fatal.yml")
    assert code == 2, printed
    (run,) = bed.runs()
    assert run.status == "partial"
    with netsnap.open(bed.store) as engine:
        assert recorded_recap(engine, run) == recap(printed)
        assert {result.device for result in engine.device_results(run.id)} == {"r1", "r2", "r3", "r4"}
        assert not [one for one in engine.outputs(run.id) if one.command.startswith("nobody comes")]


def test_a_playbook_is_recorded_in_postgresql(tmp_path):
    bed = Bed(tmp_path)
    bed.store = os.environ.get("NETSNAP_TEST_POSTGRES") or skip("NETSNAP_TEST_POSTGRES names no server")
    mark = f"{os.getpid()}-{time.time_ns()}"
    code, printed = bed.run("ansible-playbook", "odd.yml", NETSNAP_LABELS=f"test={mark}")
    assert code == 2 and warnings_of(printed) == 0, printed
    process = bed.start("ansible-playbook", "waits.yml", "--limit", "r1", NETSNAP_LABELS=f"test={mark}")
    waits = bed.until("say hello: ok")
    kill_the_rest_of(process)
    # What a worker inherited keeps the connection open, and with it the claim on the run.
    kill_all_with(mark)
    with netsnap.open(bed.store) as engine:
        killed, run = engine.list_executions(filter={"label": {"key": "test", "equals": mark}}).items
        assert recorded_recap(engine, run) == recap(printed)
        assert (run.status, run.incomplete, len(run.devices)) == ("partial", None, 9)
        events = engine.events(run.id, limit=5000)
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert (killed.id, killed.status) == (waits, "interrupted")


FORKS_WHILE_A_RUN_ENDS = """
import os, sys, threading
from netsnap_ansible._scribe import Scribe

# The thread that closes waits for its turn in the middle of it, and the other one forks meanwhile.
sys.setswitchinterval(0.02)
for _ in range(20):
    scribe = Scribe()
    closing = threading.Thread(target=scribe.close)
    closing.start()
    while closing.is_alive():
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
"""


def test_a_worker_that_is_forked_while_the_run_before_ends_is_not_stuck(tmp_path):
    subprocess.run([sys.executable, "-c", FORKS_WHILE_A_RUN_ENDS], cwd=tmp_path, timeout=120, check=True)
