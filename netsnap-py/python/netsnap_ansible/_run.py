"""How does what Ansible reports become a run?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple

from . import _hosts, _results, _tasks
from ._plain import clean, plain
from ._scribe import Scribe
from ._tally import HostTally, ending, of_recap
from ._writer import Writer

_LEVELS: dict[str, str] = {"failed": "error", "unreachable": "error", "ignored": "warning", "rescued": "warning"}


class Moment(NamedTuple):
    """A point in time, for people and for durations."""

    wall: int
    steady: int

    @classmethod
    def now(cls) -> Moment:
        """Returns this moment."""
        return cls(time.time_ns(), time.monotonic_ns())

    def time(self) -> datetime:
        """Returns the moment as a time."""
        return datetime.fromtimestamp(self.wall // 1000 / 1_000_000, timezone.utc)

    def text(self) -> str:
        """Returns the moment as an event carries it."""
        return self.time().isoformat().replace("+00:00", "Z")


@dataclass
class Settings:
    """What the user asked of the plugin."""

    store: str
    limit: int = 1_048_576
    queue: int = 4096
    environment: frozenset[str] = frozenset()
    beginning: dict[str, Any] = field(default_factory=dict)


class _Work(NamedTuple):
    """A task on a host, from its start to its result."""

    began: Moment
    command: str
    data: dict[str, Any]


class Run:
    """One playbook or ad-hoc command while it goes on. Its methods hand over and return at once."""

    def __init__(self, name: str, settings: Settings, before: Mapping[str, dict[str, int]] | None = None) -> None:
        self._settings, self._before = settings, before or {}
        self._scribe = Scribe()
        self._tallies: dict[str, HostTally] = {}
        self._devices: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self._starts: dict[str, int] = {}
        self._open: dict[tuple[str, str], _Work] = {}
        self._used: dict[tuple[str, str], int] = {}
        self._play = ""
        self._ended = False
        self.writer = Writer(lambda: self._begin(name), self._scribe.close, settings.queue)

    def _begin(self, name: str) -> Scribe:
        self._scribe.begin(self._settings.store, name, self._settings.beginning)
        return self._scribe

    def wait(self, seconds: float) -> bool:
        """Waits until the end is written, and says whether it is. When the time is over, nobody goes on writing."""
        if self.writer.wait(seconds):
            return True
        self._scribe.kill()
        return False

    def expect(self, devices: list[dict[str, str]]) -> None:
        """Tells addresses and platforms of hosts."""
        self._devices.update({device["name"]: device for device in devices})

    def join(self, devices: list[dict[str, str]]) -> None:
        """Takes up hosts that a play added."""
        self.expect(devices)
        if devices:
            self._put(lambda run: run.add_devices(_hosts.summaries(devices)))

    def knows(self, host: str) -> bool:
        """Says whether the address and the platform of a host were told."""
        return host in self._devices

    def note(self, moment: Moment, event: str, text: str, **facts: Any) -> None:
        """Records that something happened. ``device`` and ``level`` go where they belong, the rest into the data."""
        device, level = facts.pop("device", None), facts.pop("level", None)
        data = {"event": event, "at": moment.text(), **facts}
        longest = self._settings.limit // 4
        self._put(lambda run: run.event(clean(text), device=device, level=level, data=plain(data, longest)))

    def play_started(self, moment: Moment, play: Any) -> None:
        """Records the start of a play."""
        self._play = clean(play.get_name())
        strategy, hosts = clean(str(play.strategy)), play.hosts
        self.note(moment, "play_started", f"play {self._play}", play=self._play, hosts=hosts, strategy=strategy)

    def task_started(self, moment: Moment, task: Any, event: str) -> None:
        """Records the start of a task or a handler. A free strategy says it once for each host; it is recorded once."""
        first = task._uuid not in self._starts
        self._starts[task._uuid] = self._starts.get(task._uuid, 0) + 1
        self._names[task._uuid] = name = _tasks.name_of(task)
        if first or event == "handler_started":
            occurrence = self._starts[task._uuid]
            facts = {**_tasks.facts_of(task), "task": str(task._uuid), "play": self._play, "occurrence": occurrence}
            self.note(moment, event, f"{event.removesuffix('_started')} {name}", **facts)

    def host_started(self, moment: Moment, host: str, task: Any) -> None:
        """Records the start of a task on a host."""
        self._tally(moment, host)
        work = self._opened(moment, host, task)
        data = {**work.data, "at": moment.text()}
        self._put(lambda run: run.event(work.command, kind="command_started", device=host, level="debug", data=data))

    def result(self, moment: Moment, result: Any, status: str, counts: bool = True) -> None:
        """Records how a task ended on a host."""
        host, task = clean(_results.part(result, "host").get_name()), _results.part(result, "task")
        work = self._open.pop((host, task._uuid), None) or self._opened(moment, host, task)
        data = _results.part(result, "result")
        hidden = _results.is_hidden(result, data)
        changed = bool(result.is_changed())
        tally = self._tally(moment, host)
        tally.last = moment.steady
        if counts:
            tally.count(status, changed)
        if status in ("failed", "unreachable") and tally.error is None:
            tally.error = _error(status, work, {} if hidden else data)
        facts = {**work.data, "status": status, "changed": changed, "at": moment.text()}
        if task.delegate_to and not hidden:
            facts["delegated_to"] = clean(str(task.delegate_to))
        kept = None if hidden else data
        took = max(0, moment.steady - work.began.steady) // 1000
        self._put(lambda run: self._write_result(run, host, work, {**facts, "duration_us": took}, kept))

    def _write_result(
        self, run: Scribe, host: str, work: _Work, facts: dict[str, Any], data: Mapping[str, Any] | None
    ) -> None:
        """Writes a result. This and what it calls happens on the writing thread."""
        status, limit = facts["status"], self._settings.limit
        kept = None if data is None else _results.visible(data, limit, self._settings.environment)
        text = "(hidden: no_log)\n" if kept is None else _results.text_of(kept, limit)
        timing = {"started_at": work.began.time(), "duration_us": facts["duration_us"]}
        code = _exit_status(kept)
        run.output(host, work.command, text, status=status, parsed=kept, exit_status=code, event=False, **timing)
        level = _LEVELS.get(status, "info")
        line = f"{work.command}: {status}"
        run.event(line, kind="command_finished", device=host, level=level, data=facts)
        for kind in ("warnings", "deprecations"):
            for message in (kept or {}).get(kind) or ():
                told = {"event": kind[:-1], "at": facts["at"], "command": work.command}
                run.event(str(message), device=host, level="warning", data=told)

    def about(self, moment: Moment, event: str, result: Any, **facts: Any) -> None:
        """Records something about a task on a host before its result: an item, a retry, a poll, a difference."""
        host, task = clean(_results.part(result, "host").get_name()), _results.part(result, "task")
        work = self._open.get((host, task._uuid))
        command = work.command if work else self._names.get(task._uuid) or _tasks.name_of(task)
        data = _results.part(result, "result")
        hidden = _results.is_hidden(result, data)
        kept = {name: data[source] for name, source in _SHOWN.get(event, {}).items() if not hidden and source in data}
        told = {"command": command, "task": str(task._uuid), **facts, **kept, **({"hidden": True} if hidden else {})}
        self.note(moment, event, f"{command}: {event.replace('_', ' ')}", device=host, **told)

    def included(self, hosts: list[str]) -> None:
        """Counts an include, which the recap counts as a task that was ok."""
        for host in hosts:
            self._tallies.setdefault(host, HostTally()).count("ok", False)

    def recap(self, moment: Moment, summaries: Mapping[str, Mapping[str, Any]]) -> None:
        """Ends the run with the numbers of the recap."""
        for host, summary in summaries.items():
            counted = of_recap(summary, self._before.get(host, {}))
            if host in self._tallies or any(counted.values()):
                self._tallies.setdefault(host, HostTally()).tasks = counted
        self._end_devices(moment)
        statuses = [tally.status() for tally in self._tallies.values()]
        self._end(ending(statuses), None)

    def stop(self, moment: Moment, status: str, reason: str) -> None:
        """Ends a run that does not come to its recap."""
        if not self._ended:
            self._end_devices(moment)
            self._end(status, reason)

    def totals(self) -> dict[str, dict[str, int]]:
        """Returns the numbers of the recap so far, those of playbooks before in the same command included."""
        totals = {host: dict(numbers) for host, numbers in self._before.items()}
        for host, tally in self._tallies.items():
            before = totals.get(host, {})
            totals[host] = {name: number + before.get(name, 0) for name, number in tally.tasks.items()}
        return totals

    def _end(self, status: str, reason: str | None) -> None:
        self._ended = True
        self.writer.end(status, reason)

    def _end_devices(self, moment: Moment) -> None:
        for host, tally in self._tallies.items():
            ended = _device_result(tally, moment)
            self.writer.put_in_any_case(_ended(host, ended, moment))

    def _tally(self, moment: Moment, host: str) -> HostTally:
        tally = self._tallies.setdefault(host, HostTally())
        if tally.first is None:
            tally.first = moment.steady
            known = self._devices.get(host, {"name": host, "address": host, "platform": ""})
            data = {**known, "at": moment.text()}
            self._put(lambda run: run.event(f"work on {host} began", kind="device_started", device=host, data=data))
        return tally

    def _opened(self, moment: Moment, host: str, task: Any) -> _Work:
        """Gives a task on a host a name of its own: the same name again on the same host gets a number."""
        name = self._names.get(task._uuid) or _tasks.name_of(task)
        used = self._used[host, name] = self._used.get((host, name), 0) + 1
        command = name if used == 1 else f"{name} #{used}"
        data = {"command": command, **_tasks.facts_of(task), "task": str(task._uuid)}
        work = self._open[host, task._uuid] = _Work(moment, command, data)
        return work

    def _put(self, work: Callable[[Scribe], object]) -> None:
        if not self._ended:
            self.writer.put(work)


# What is kept of a result that is not the last word on a task: the name it gets, and where it stands.
_SHOWN = {
    "item_ok": {"item": "_ansible_item_label", "changed": "changed", "msg": "msg"},
    "item_failed": {"item": "_ansible_item_label", "msg": "msg"},
    "item_skipped": {"item": "_ansible_item_label", "reason": "skip_reason"},
    "retry": {"attempt": "attempts", "retries": "retries", "msg": "msg"},
    "async_poll": {"job": "ansible_job_id", "finished": "finished"},
    "async_ok": {"job": "ansible_job_id"},
    "async_failed": {"job": "ansible_job_id", "msg": "msg"},
    "file_diff": {"diff": "diff"},
}


def _error(status: str, work: _Work, data: Mapping[str, Any]) -> dict[str, Any]:
    unreachable = status == "unreachable"
    return {
        "kind": "unreachable" if unreachable else "command_rejected",
        "message": clean(_results.error_text(data)) if data else "hidden: no_log",
        "operation": "ansible.task",
        "context": {"task": work.command, "module": work.data["module"], "path": work.data["path"]},
        "effect": "none" if unreachable else "indeterminate",
        "retryable": unreachable,
    }


def _exit_status(data: Mapping[str, Any] | None) -> int | None:
    code = (data or {}).get("rc")
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 2**32 else None


def _device_result(tally: HostTally, moment: Moment) -> dict[str, Any]:
    first = moment.steady if tally.first is None else tally.first
    last = first if tally.last is None else tally.last
    status = tally.status()
    return {
        "status": status,
        "commands_ok": tally.answered,
        "commands_failed": tally.refused,
        "tasks": dict(tally.tasks),
        "started_at": Moment(moment.wall - (moment.steady - first), 0).time(),
        "ended_at": Moment(moment.wall - (moment.steady - last), 0).time(),
        "duration_us": max(0, last - first) // 1000,
        "error": tally.error if status in ("failed", "unreachable") else None,
    }


def _ended(host: str, ended: dict[str, Any], moment: Moment) -> Callable[[Scribe], object]:
    def write(run: Scribe) -> None:
        result = dict(ended)
        run.device_result(host, result.pop("status"), event=False, **result)
        data = {"status": ended["status"], "tasks": ended["tasks"], "at": moment.text()}
        run.event(f"{host}: {ended['status']}", kind="device_finished", device=host, data=data)

    return write
