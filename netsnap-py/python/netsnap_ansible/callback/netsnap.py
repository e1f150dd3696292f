"""Records each playbook and each ad-hoc command as a run of netsnap, while it goes on."""

from __future__ import annotations

import atexit
import functools
import os
import signal
from collections.abc import Callable
from typing import Any

from ansible import context
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as ansible_version

from netsnap_ansible import _describe, _hosts, _results, _signals, _tasks
from netsnap_ansible._plain import clean
from netsnap_ansible._run import Moment, Run, Settings

DOCUMENTATION = """
name: netsnap
type: notification
short_description: records each playbook as a run of netsnap
description:
  - Records plays, tasks, the result of each task on each host, differences, warnings and the recap, while they happen.
  - The playbook does not wait for the store. What cannot be recorded is counted, and the run says that it is incomplete.
  - Results of tasks with C(no_log) lose everything but how they ended.
requirements:
  - netsnap, installed beside ansible-core
options:
  store:
    description: Where the runs are kept. A folder, C(sqlite:runs.db), or any other address that netsnap opens.
    default: netsnap-data
    env: [{name: NETSNAP_STORE}]
    ini: [{section: callback_netsnap, key: store}]
    vars: [{name: netsnap_store}]
  labels:
    description: Labels of the run, each C(name=value).
    type: list
    elements: str
    default: []
    env: [{name: NETSNAP_LABELS}]
    ini: [{section: callback_netsnap, key: labels}]
    vars: [{name: netsnap_labels}]
  job_id:
    description: The job that the run belongs to.
    env: [{name: NETSNAP_JOB_ID}]
    ini: [{section: callback_netsnap, key: job_id}]
    vars: [{name: netsnap_job_id}]
  ticket:
    description: The ticket that the run belongs to.
    env: [{name: NETSNAP_TICKET}]
    ini: [{section: callback_netsnap, key: ticket}]
    vars: [{name: netsnap_ticket}]
  why:
    description: Why the run was asked for.
    env: [{name: NETSNAP_WHY}]
    ini: [{section: callback_netsnap, key: why}]
    vars: [{name: netsnap_why}]
  trigger:
    description: What set the run going.
    choices: [manual, schedule, api, event, retry]
    default: manual
    env: [{name: NETSNAP_TRIGGER}]
    ini: [{section: callback_netsnap, key: trigger}]
    vars: [{name: netsnap_trigger}]
  parent:
    description: The run of netsnap that started this one.
    env: [{name: NETSNAP_PARENT}]
    vars: [{name: netsnap_parent}]
  environment:
    description:
      - Names of environment variables to record. No other one is.
      - They are also the only ones kept of the environments that C(setup) finds on hosts.
    type: list
    elements: str
    default: []
    env: [{name: NETSNAP_ENVIRONMENT}]
    ini: [{section: callback_netsnap, key: environment}]
  result_limit:
    description: Bytes kept of one result. Of a larger one, head and tail are kept, with a line between them that says so.
    type: int
    default: 1048576
    env: [{name: NETSNAP_RESULT_LIMIT}]
    ini: [{section: callback_netsnap, key: result_limit}]
  queue:
    description: How many entries may wait for the store. What comes when so many wait is left out.
    type: int
    default: 4096
    env: [{name: NETSNAP_QUEUE}]
    ini: [{section: callback_netsnap, key: queue}]
  deadline:
    description: How long the end of the command may wait for the store, in seconds.
    type: float
    default: 5
    env: [{name: NETSNAP_DEADLINE}]
    ini: [{section: callback_netsnap, key: deadline}]
"""

Hook = Callable[..., None]
META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")


def recorded(hook: Hook) -> Hook:
    """Takes the time, and lets nothing that goes wrong get out. In a forked worker nothing is recorded."""

    @functools.wraps(hook)
    def guarded(self: CallbackModule, *arguments: Any, **options: Any) -> None:
        if os.getpid() != self.owner:
            return
        moment = Moment.now()
        try:
            hook(self, moment, *arguments, **options)
        except Exception as error:
            self.failed(error)
        self.warn_once()

    return guarded


class CallbackModule(CallbackBase):
    """What Ansible calls."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "netsnap"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.owner = os.getpid()
        self.run: Run | None = None
        self.stopped: str | None = None
        self.warned = False
        self.watching = False

    # ------------------------------------------------------------------ begin and end

    @recorded
    def v2_playbook_on_start(self, moment: Moment, playbook: Any) -> None:
        plays = playbook.get_plays()
        self._read_variables(plays)
        arguments = context.CLIARGS
        adhoc = playbook._file_name == "__adhoc_playbook__"
        name = clean(str(arguments.get("module_name") if adhoc else playbook._file_name))
        devices = [_hosts.described(host, plays[0]) for host in _hosts.hosts_of(plays)]
        settings = self._settings("adhoc" if adhoc else "playbook", devices)
        self.run = Run(name, settings, self.run.totals() if self.run else None)
        self.run.expect(devices)
        self._watch()

    def _read_variables(self, plays: list[Any]) -> None:
        """Reads the options again, with the variables of the first play, for those that were set there."""
        if plays:
            found = plays[0].get_variable_manager().get_vars(play=plays[0])
            ours = {name: found[name] for name in list(found) if str(name).startswith("netsnap_")}
            self.set_options(var_options=ours)

    def _settings(self, kind: str, devices: list[dict[str, str]]) -> Settings:
        given = {name: self.get_option(name) for name in ("job_id", "ticket", "why", "trigger", "parent")}
        environment = [str(name) for name in self.get_option("environment") or ()]
        arguments = context.CLIARGS
        beginning = {
            **{name: clean(str(value)) for name, value in given.items() if value},
            "kind": kind,
            "actor": _describe.actor(),
            "dry_run": bool(arguments.get("check")),
            "labels": _describe.labels(map(str, self.get_option("labels") or ())),
            "parameters": _describe.parameters(arguments, environment, ansible_version),
            "devices": _hosts.summaries(devices),
            "tool": "ansible-core",
            "version": ansible_version,
        }
        limits = {"limit": max(1024, self.get_option("result_limit")), "queue": self.get_option("queue")}
        store = clean(str(self.get_option("store")))
        return Settings(store=store, environment=frozenset(environment), beginning=beginning, **limits)

    def _watch(self) -> None:
        if self.watching:
            return
        self.watching = True
        atexit.register(self._at_exit)
        _signals.watch(signal.SIGTERM, lambda: self._on_sigterm())
        _signals.watch(signal.SIGINT, lambda: self._on_sigint())

    def _on_sigint(self) -> None:
        self.stopped = "stopped by SIGINT"

    def _on_sigterm(self) -> None:
        """The process is about to be gone: what is left is the deadline."""
        if self.run:
            self.run.stop(Moment.now(), "cancelled", "stopped by SIGTERM")
            self.run.wait(self.get_option("deadline"))

    def _at_exit(self) -> None:
        if self.run is None or os.getpid() != self.owner:
            return
        status, reason = ("cancelled", self.stopped) if self.stopped else ("failed", "it ended before its recap")
        try:
            self.run.stop(Moment.now(), status, reason)
            if not self.run.wait(self.get_option("deadline")):
                self.run.writer.lost("the end of the run was not written in time")
        except Exception as error:
            self.failed(error)
        self.warn_once()

    def failed(self, error: Exception) -> None:
        """Counts what this plugin itself could not do."""
        problem = f"{type(error).__name__}: {error}"
        if self.run:
            self.run.writer.lost(problem)
        elif not self.warned:
            self.warned = True
            self._display.warning(f"netsnap does not record this run: {clean(problem)}")

    def warn_once(self) -> None:
        """Tells the user, once, that something is missing in the record."""
        if self.run and self.run.writer.problem and not self.warned:
            self.warned = True
            self._display.warning(f"netsnap records this run incompletely: {clean(self.run.writer.problem)}")

    @recorded
    def v2_playbook_on_stats(self, moment: Moment, stats: Any) -> None:
        if self.run:
            self.run.recap(moment, {clean(host): stats.summarize(host) for host in sorted(stats.processed)})

    # ------------------------------------------------------------------ plays and tasks

    @recorded
    def v2_playbook_on_play_start(self, moment: Moment, play: Any) -> None:
        if self.run:
            added = [host for host in _hosts.hosts_of([play]) if not self.run.knows(host.get_name())]
            self.run.join([_hosts.described(host, play) for host in added])
            self.run.play_started(moment, play)

    @recorded
    def v2_playbook_on_task_start(self, moment: Moment, task: Any, is_conditional: bool) -> None:
        if self.run:
            self.run.task_started(moment, task, "task_started")

    @recorded
    def v2_playbook_on_handler_task_start(self, moment: Moment, task: Any) -> None:
        if self.run:
            self.run.task_started(moment, task, "handler_started")

    @recorded
    def v2_playbook_on_no_hosts_matched(self, moment: Moment) -> None:
        self._note(moment, "no_hosts_matched", "no hosts matched", level="warning")

    @recorded
    def v2_playbook_on_no_hosts_remaining(self, moment: Moment) -> None:
        self._note(moment, "no_hosts_remaining", "no more hosts left", level="warning")

    @recorded
    def v2_playbook_on_notify(self, moment: Moment, handler: Any, host: Any) -> None:
        name = _tasks.name_of(handler)
        self._note(moment, "notified", f"notified handler {name}", device=clean(host.get_name()), handler=name)

    @recorded
    def v2_playbook_on_include(self, moment: Moment, included_file: Any) -> None:
        hosts = [clean(host.get_name()) for host in included_file._hosts]
        path = clean(str(included_file._filename))
        self._note(moment, "included", f"included {path}", path=path, hosts=hosts)
        if self.run:
            self.run.included(hosts)

    def _note(self, moment: Moment, event: str, text: str, **facts: Any) -> None:
        if self.run:
            self.run.note(moment, event, text, **facts)

    # ------------------------------------------------------------------ tasks on hosts

    @recorded
    def v2_runner_on_start(self, moment: Moment, host: Any, task: Any) -> None:
        if self.run:
            self.run.host_started(moment, clean(host.get_name()), task)

    @recorded
    def v2_runner_on_ok(self, moment: Moment, result: Any) -> None:
        if self.run:
            status = "changed" if result.is_changed() else "ok"
            # The recap counts an include when its file is read.
            counts = not isinstance(_results.part(result, "task"), TaskInclude)
            self.run.result(moment, result, status, counts)

    @recorded
    def v2_runner_on_failed(self, moment: Moment, result: Any, ignore_errors: bool = False) -> None:
        if self.run:
            rescued = not ignore_errors and _tasks.is_rescued(_results.part(result, "task"))
            self.run.result(moment, result, "ignored" if ignore_errors else "rescued" if rescued else "failed")

    @recorded
    def v2_runner_on_skipped(self, moment: Moment, result: Any) -> None:
        if self.run:
            # The recap does not count what a playbook says to itself.
            counts = _results.part(result, "task").action not in META
            self.run.result(moment, result, "skipped", counts)

    @recorded
    def v2_runner_on_unreachable(self, moment: Moment, result: Any) -> None:
        if self.run:
            ignored = _results.part(result, "task").ignore_unreachable
            self.run.result(moment, result, "ignored" if ignored else "unreachable")

    # ------------------------------------------------------------------ on the way to a result

    @recorded
    def v2_runner_item_on_ok(self, moment: Moment, result: Any) -> None:
        self._about(moment, "item_ok", result)

    @recorded
    def v2_runner_item_on_failed(self, moment: Moment, result: Any) -> None:
        self._about(moment, "item_failed", result, level="warning")

    @recorded
    def v2_runner_item_on_skipped(self, moment: Moment, result: Any) -> None:
        self._about(moment, "item_skipped", result)

    @recorded
    def v2_runner_retry(self, moment: Moment, result: Any) -> None:
        self._about(moment, "retry", result, level="warning")

    @recorded
    def v2_runner_on_async_poll(self, moment: Moment, result: Any) -> None:
        self._about(moment, "async_poll", result, level="debug")

    @recorded
    def v2_runner_on_async_ok(self, moment: Moment, result: Any) -> None:
        self._about(moment, "async_ok", result)

    @recorded
    def v2_runner_on_async_failed(self, moment: Moment, result: Any) -> None:
        self._about(moment, "async_failed", result, level="warning")

    @recorded
    def v2_on_file_diff(self, moment: Moment, result: Any) -> None:
        self._about(moment, "file_diff", result)

    def _about(self, moment: Moment, event: str, result: Any, **facts: Any) -> None:
        if self.run:
            self.run.about(moment, event, result, **facts)
