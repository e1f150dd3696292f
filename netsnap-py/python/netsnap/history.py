"""The verbs of the history: mark, count, keep, remove, search, compare, verify, move and live through past runs.

Each verb is written once, in ``_Verbs``, like those of ``client.py``. Long ones take ``progress``: it is called with the newest progress, where
the call is waited for, and what it raises stops the work. The types stand in ``history.pyi``.
"""

import os

from . import convert
from .convert import async_batches, batches, one_or_many, run_of
from .differences import Differences
from .exchange_models import ExportReport, ImportReport
from .history_models import (
    ArchiveReport,
    AuditEntry,
    Comparison,
    LatestDevice,
    PruneReport,
    Recovery,
    Repeated,
    Rerun,
    SearchResult,
    Stats,
    VerifyReport,
)
from .inventory import native
from .models import Event, Execution, Page
from .topology_models import Topology, TopologyDiff


class _Verbs(Differences):
    """The verbs. What each returns, a value or an awaitable, is decided by the engine that they belong to."""

    __slots__ = ()

    def label(self, id, key, value=None, /, *, actor=None, reason=None):
        """Sets a label of a run, also after its end, or takes it off when there is no value. It is audited."""
        return self._call("label", Execution, id=run_of(id), key=key, value=value, actor=actor, reason=reason)

    def pin(self, id, /, *, actor=None, reason=None):
        """Keeps a run from being removed by retention. It is audited."""
        return self._call("pin", Execution, id=run_of(id), actor=actor, reason=reason)

    def unpin(self, id, /, *, actor=None, reason=None):
        """Lets retention remove a run again. It is audited."""
        return self._call("unpin", Execution, id=run_of(id), actor=actor, reason=reason)

    def annotate(self, id, text, /, *, actor=None, reason=None):
        """Adds a remark to a run, also after its end. It is audited."""
        return self._call("annotate", Execution, id=run_of(id), text=text, actor=actor, reason=reason)

    def cancel(self, id, /, *, actor=None, reason=None):
        """Asks a run to end that goes on anywhere, also in another process. The first request stays, and is audited.

        Whoever holds the run hears of it a second or two later: what netsnap does itself stops, and the run ends cancelled with the
        reason; a program that records asks ``cancel_requested`` of its recorder, and decides by itself.
        """
        return self._call("cancel", Execution, id=run_of(id), actor=actor, reason=reason)

    def audit(
        self,
        *,
        object_type=None,
        object_id=None,
        actor=None,
        actions=None,
        at=None,
        direction=None,
        limit=None,
        cursor=None,
    ):
        """Returns a page of the audit log: who did what to which run, when and why."""
        return self._call(
            "audit",
            Page[AuditEntry],
            object_type=object_type,
            object_id=object_id,
            actor=actor,
            actions=actions,
            at=at,
            direction=direction,
            limit=limit,
            cursor=cursor,
        )

    def stats(self, *, filter=None, group_by=None, time_zone=None, groups=None, devices=None):
        """Counts runs, and says how they and their devices fared. Removed runs go on counting."""
        return self._call(
            "stats",
            Stats,
            filter=filter,
            group_by=group_by,
            time_zone=time_zone,
            groups=groups,
            devices=devices,
        )

    def latest_by_device(self, *, filter=None):
        """Returns the newest run of each device among those that fit, and how the device ended in it."""
        return self._call("latest_by_device", list[LatestDevice], filter=filter)

    def prune(self, *, policy=None, dry_run=None, actor=None, reason=None, limit=None, list=None, progress=None):
        """Says which runs a policy removes; removes them with ``dry_run=False``."""
        return self._told(
            "prune",
            PruneReport,
            progress,
            policy=policy,
            dry_run=dry_run,
            actor=actor,
            reason=reason,
            limit=limit,
            list=list,
        )

    def archive(self, *, filter=None, older_than=None, dry_run=None, actor=None, reason=None, limit=None, progress=None):
        """Says of which old runs the outputs would be compressed; does it with ``dry_run=False``. They read as before."""
        return self._told(
            "archive",
            ArchiveReport,
            progress,
            filter=filter,
            older_than=older_than,
            dry_run=dry_run,
            actor=actor,
            reason=reason,
            limit=limit,
        )

    def search_output(
        self,
        pattern,
        /,
        *,
        syntax=None,
        case=None,
        execution=None,
        filter=None,
        sort=None,
        device=None,
        command=None,
        before=None,
        after=None,
        max_hits=None,
        max_executions=None,
        max_bytes=None,
        cursor=None,
        progress=None,
    ):
        """Looks for a text, or with ``syntax="regex"`` an expression, in recorded outputs, line by line."""
        return self._told(
            "search_output",
            SearchResult,
            progress,
            pattern=pattern,
            syntax=syntax,
            case=case,
            execution=run_of(execution),
            filter=filter,
            sort=sort,
            device=device,
            command=command,
            before=before,
            after=after,
            max_hits=max_hits,
            max_executions=max_executions,
            max_bytes=max_bytes,
            cursor=cursor,
        )

    def compare_executions(
        self,
        before,
        after,
        /,
        *,
        platform=None,
        platforms=None,
        mask=None,
        device=None,
        command=None,
        context=None,
        max_output_bytes=None,
        max_diff_bytes=None,
        max_total_bytes=None,
    ):
        """Compares two runs, device by device and output by output."""
        return self._call(
            "compare_executions",
            Comparison,
            before=run_of(before),
            after=run_of(after),
            platform=platform,
            platforms=platforms,
            mask=mask,
            device=device,
            command=command,
            context=context,
            max_output_bytes=max_output_bytes,
            max_diff_bytes=max_diff_bytes,
            max_total_bytes=max_total_bytes,
        )

    def rerun_plan(self, id, /, *, scope=None):
        """Says what doing a run once more would mean: of all its devices, those that failed, or those named."""
        return self._call("rerun_plan", Rerun, id=run_of(id), scope=scope)

    def rerun(self, id, devices, /, *, scope=None, actor=None, in_flight=None, limits=None):
        """Does a collection or capture once more, on the devices that have the names of then, within the limits of then."""
        return self._call(
            "rerun",
            Repeated,
            native(devices),
            id=run_of(id),
            scope=scope,
            actor=actor,
            in_flight=in_flight,
            limits=limits,
        )

    def recover(self, *, older_than=None):
        """Ends the runs whose process went away, as every opening does.

        With `older_than` (`7d`, `36h`) also those whose process cannot be judged from here, since it was on another machine or
        nothing is known of it, when nothing was recorded of them for longer than that.
        """
        return self._call("recover", Recovery, older_than=older_than)

    def verify(self, *, filter=None, limit=None, cursor=None, checks=None, anchor=None, findings=None, progress=None):
        """Looks whether everything is as it was written. Damage is a finding, not an exception; nothing is changed.

        Of a run that has ended, each changed, removed or added event, output, parsed answer and device result is found, and each change of its
        summary, whatever checksums were computed anew. Who computes the audit log anew, too, is found with an ``anchor`` that was kept
        elsewhere (``audit_head`` of an earlier report).
        """
        return self._told(
            "verify",
            VerifyReport,
            progress,
            filter=filter,
            limit=limit,
            cursor=cursor,
            checks=checks,
            anchor=anchor,
            findings=findings,
        )

    def metrics(self):
        """Returns the store's figures in the Prometheus text format."""
        return self._call("metrics", str)

    def export(
        self,
        path,
        /,
        *,
        filter=None,
        executions=None,
        format=None,
        table=None,
        events=None,
        outputs=None,
        existing=None,
        actor=None,
        reason=None,
        progress=None,
    ):
        """Writes runs into a file: as JSON, lines of JSON, CSV, or a bundle that another store can take in.

        Without a ``format`` the ending of the file says which: ``.json``, ``.ndjson``, ``.jsonl``, ``.csv``, or ``.tar`` for a bundle;
        one without an ending is JSON, another ending is refused. The audit log tells who exported what.
        """
        return self._told(
            "export",
            ExportReport,
            progress,
            path=os.fspath(path),
            filter=filter,
            executions=_runs_of(executions),
            format=format,
            table=table,
            events=events,
            outputs=outputs,
            existing=existing,
            actor=actor,
            reason=reason,
        )

    def import_runs(
        self,
        path,
        /,
        *,
        format=None,
        dry_run=None,
        devices=None,
        gap_us=None,
        labels=None,
        actor=None,
        at=None,
        progress=None,
    ):
        """Takes in the runs of a bundle, of a folder of outputs, or of what Ansible left."""
        return self._told(
            "import_runs",
            ImportReport,
            progress,
            path=os.fspath(path),
            format=format,
            dry_run=dry_run,
            devices=devices,
            gap_us=gap_us,
            labels=labels,
            actor=actor,
            at=at,
        )

    def import_text(
        self,
        text,
        /,
        *,
        format=None,
        dry_run=None,
        devices=None,
        gap_us=None,
        labels=None,
        actor=None,
        at=None,
        progress=None,
    ):
        """Takes in the runs of a text that Ansible printed: with ``PLAY RECAP`` in it, or of its JSON callbacks.

        ``format`` is ``recap``, ``ansible_json``, or ``auto``, which tells them apart.
        """
        return self._told(
            "import_text",
            ImportReport,
            progress,
            text=text,
            format=format,
            dry_run=dry_run,
            devices=devices,
            gap_us=gap_us,
            labels=labels,
            actor=actor,
            at=at,
        )

    def topology(self, id, /):
        """Works out from the outputs of a run which device is connected to which, and keeps it with the run."""
        return self._call("topology", Topology, id=run_of(id))

    def diff_topology(self, before, after, /):
        """Compares the topologies of two runs: devices, links and costs, VLANs and bridge domains."""
        return self._call("diff_topology", TopologyDiff, before=run_of(before), after=run_of(after))

    def draw_topology(self, id, /):
        """Draws the topology of a run as an SVG document."""
        return self._call("draw_topology", str, id=run_of(id))

    def _replay(self, id, start, speed):
        return self._native.replay(convert.to_json({"id": run_of(id), "start": start, "speed": speed}))


class History(_Verbs):
    """The verbs of the history as blocking calls."""

    __slots__ = ()

    def replay(self, id, /, *, start=None, speed=None):
        """Iterates over the events of a past run again: at once, or ``speed`` times as fast as they were recorded."""
        return batches(self._replay(id, start, speed), list[Event])


class AsyncHistory(_Verbs):
    """The verbs of the history as coroutines."""

    __slots__ = ()

    def replay(self, id, /, *, start=None, speed=None):
        """Iterates over the events of a past run again: at once, or ``speed`` times as fast as they were recorded."""
        return async_batches(self._replay(id, start, speed), list[Event])


def _runs_of(runs):
    return None if runs is None else [run_of(run) for run in one_or_many(runs)]
