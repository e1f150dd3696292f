"""The engine, as blocking calls and as coroutines.

Each verb is written once, in ``_Verbs`` and in ``history.py``: it names its arguments and what comes back. ``Netsnap`` waits for the answer,
``AsyncNetsnap`` returns an awaitable of it. The types of both stand in ``client.pyi``.
"""

import os
from collections.abc import Mapping
from contextlib import asynccontextmanager, contextmanager

from . import _netsnap, convert
from .beginning import beginning
from .convert import async_batches, batches, name_of, one_or_many, run_of
from .history import AsyncHistory, History
from .inventory import native
from .models import (
    Capture,
    Collection,
    ConfigDiff,
    Deployment,
    DeviceResult,
    Event,
    Execution,
    LiveEvent,
    Output,
    OutputSummary,
    Page,
    PlatformName,
    Progress,
    Snapshot,
)
from .plan_models import Approval, Plan, Validation
from .recorder import AsyncRecorder, Recorder


class _Verbs:
    """The verbs of an engine. What each returns, a value or an awaitable, is decided by the class below."""

    __slots__ = ("_native",)

    def __init__(self, native):
        self._native = native

    def execution(self, id, /):
        """Returns a run."""
        return self._call("execution", Execution, id=name_of(id))

    def list_executions(
        self, *, filter=None, sort=None, limit=None, cursor=None, page=None, count_up_to=None
    ):
        """Returns a page of runs, newest first. Its ``cursor`` leads to the next page, its ``total`` says how many fit."""
        return self._call(
            "list_executions",
            Page[Execution],
            filter=filter,
            sort=sort,
            limit=limit,
            cursor=cursor,
            page=page,
            count_up_to=count_up_to,
        )

    def current(self):
        """Returns the newest finished run, or ``None``."""
        return self._call("current", Execution | None)

    def device_results(self, id, /):
        """Returns how each device ended in a run."""
        return self._call("device_results", list[DeviceResult], id=name_of(id))

    def events(self, id, /, *, start=None, limit=None):
        """Returns events of a run from the sequence number ``start`` on, at most ``limit`` (1000)."""
        return self._call("events", list[Event], id=name_of(id), start=start, limit=limit)

    def outputs(self, id, /):
        """Returns the outputs of a run, without their bytes."""
        return self._call("outputs", list[OutputSummary], id=name_of(id))

    def output(self, id, /, device, command):
        """Returns the newest output of a command on a device, with its exact bytes."""
        return self._call("output", Output, id=name_of(id), device=device, command=command)

    def collect(
        self,
        devices,
        commands,
        /,
        *,
        replay=None,
        name=None,
        actor=None,
        in_flight=None,
        limits=None,
        output_limit=None,
    ):
        """Runs commands on many devices and records each output. A device that fails is a result, not an exception.

        With ``replay``, a past run answers in the place of the devices, and nothing reaches them. Of an output of more bytes than
        ``output_limit`` head and tail are kept, and the cut is visible; outputs are whole without it, up to ``limits["output"]``.
        """
        return self._call(
            "collect",
            Collection,
            native(devices),
            commands=one_or_many(commands),
            replay=run_of(replay),
            name=name,
            actor=actor,
            in_flight=in_flight,
            limits=limits,
            output_limit=output_limit,
        )

    def capture(self, devices, /, *, name=None, actor=None, in_flight=None, limits=None):
        """Captures the running configuration of many devices, each as a snapshot."""
        return self._call(
            "capture", Capture, native(devices), name=name, actor=actor, in_flight=in_flight, limits=limits
        )

    def keep_configuration(self, device, platform, text, /, *, taken_at=None, actor=None):
        """Keeps a running configuration that another tool read (Oxidized, RANCID, an API) as a snapshot, and plans go from there.

        It works for every platform that is planned, also for those that cannot be captured. Nobody knows that the text is whole: its
        ``proof`` is ``"given"``. ``taken_at`` says when it was read: now without it, and never a time to come. A text that does not
        parse is a ``ConfigurationInvalidError``, with the line; one without the last line that the platform prints is an
        ``OutputTruncatedError``. Nothing is kept then.
        """
        return self._call(
            "keep_configuration",
            Snapshot,
            device=device,
            platform=platform,
            text=text,
            taken_at=taken_at,
            actor=actor,
        )

    def snapshot(self, id, /):
        """Returns a snapshot."""
        return self._call("snapshot", Snapshot, id=name_of(id))

    def snapshot_text(self, id, /):
        """Returns the exact text of a snapshot."""
        return self._call("snapshot_text", str, id=name_of(id))

    def history(self, subject, /, *, limit=None, cursor=None):
        """Returns a page of the snapshots of a subject (the name of a device), newest first."""
        return self._call("history", Page[Snapshot], subject=subject, limit=limit, cursor=cursor)

    def diff_text(
        self,
        before,
        after,
        /,
        *,
        format=None,
        before_name=None,
        after_name=None,
        context=None,
        width=None,
        color=None,
        limit=None,
    ):
        """Returns the difference of two texts, as ``diff -u`` writes it when no ``format`` is asked for.

        Equal texts give an empty one, but for a page and for JSON. ``unified`` and ``patch`` are exact and never cut; of the others
        at most ``limit`` rows are shown, and the rest is counted. Every form shows the texts as they are: secrets in them are not
        masked, as they are by :meth:`diff_config`.
        """
        return self._call(
            "diff_text",
            str,
            before=before,
            after=after,
            format=format,
            before_name=before_name,
            after_name=after_name,
            context=context,
            width=width,
            color=color,
            limit=limit,
        )

    def diff_config(self, platform, before, after, /, *, limit=None):
        """Returns the structural difference of two configurations of a platform, at most ``limit`` changes: the rest is counted."""
        return self._call("diff_config", ConfigDiff, platform=platform, before=before, after=after, limit=limit)

    def load_platform(self, table, /):
        """Puts a table of a platform, as TOML, in the place of the one with its name, or beside the others.

        It holds for everything that this process begins from now on, other engines included.
        """
        return self._call("load_platform", PlatformName, table=table)

    def plan(
        self,
        targets,
        /,
        *,
        wave_size=None,
        canary=None,
        waves=None,
        schedule=None,
        management=None,
        expires_in=None,
        in_flight=None,
        actor=None,
    ):
        """Freezes the change from what devices are to what they should become, and proves it.

        ``targets`` maps device names to intended configurations, or is a list of ``Target``. The first wave is the ``canary``: one
        device, the first by name that waits for no other, or those that are named, or with ``[]`` nobody; the others follow, at most
        ``wave_size`` in a wave. ``waves`` lists all of it instead. ``schedule`` says which devices
        wait for which; ``management`` maps device names to the way by which they are managed: for one that is not in it, the
        interface with the address that it was reached by when its snapshot was taken. ``expires_in`` is in seconds, and without
        it the plan does not end.
        """
        return self._call(
            "plan",
            Plan,
            targets=_target_list(targets),
            wave_size=wave_size,
            canary=None if canary is None else one_or_many(canary),
            waves=waves,
            schedule=schedule,
            management=management,
            expires_in=expires_in,
            in_flight=in_flight,
            actor=actor,
        )

    def load_plan(self, id, /):
        """Returns a plan that was made before."""
        return self._call("load_plan", Plan, id=name_of(id))

    def validate_plan(self, id, /):
        """Looks at a plan before it is carried out, without asking a device."""
        return self._call("validate_plan", Validation, id=name_of(id))

    def check_plan(self, plan, devices, /, *, name=None, actor=None, in_flight=None, limits=None):
        """Does the same and asks each device whether the plan would get through. Nothing is changed."""
        return self._call(
            "check_plan",
            Validation,
            native(devices),
            plan=name_of(plan),
            name=name,
            actor=actor,
            in_flight=in_flight,
            limits=limits,
        )

    def approve_plan(self, id, /, *, actor=None, reason=None):
        """Records that somebody agrees that this very plan be carried out. It is audited."""
        return self._call("approve_plan", Approval, id=name_of(id), actor=actor, reason=reason)

    def approvals(self, id, /):
        """Returns who agreed to a plan, the first one first."""
        return self._call("approvals", list[Approval], id=name_of(id))

    def show_plan(self, id, /, *, format=None, width=None, color=None):
        """Shows a plan for a terminal, a ticket (``markdown``) or on a page (``html``). Secrets are masked."""
        return self._call("show_plan", str, id=name_of(id), format=format, width=width, color=color)

    def plan_document(self, id, /):
        """Returns the document that a plan is named by: the SHA-256 of its UTF-8 bytes is the id, its form is ``schema/plan.v4.json``.

        It is exact: secrets in commands are not masked.
        """
        return self._call("plan_document", str, id=name_of(id))

    def deploy(
        self,
        plan,
        devices,
        /,
        *,
        name=None,
        actor=None,
        in_flight=None,
        allow_unproven=None,
        require_approval=None,
        allow_reuse=None,
        save=None,
        check_timeout=None,
        limits=None,
    ):
        """Carries out a plan, once unless ``allow_reuse``. Drift, refusals and failed checks are in the result, device by device.

        Stopped half way, devices that have begun are finished or brought back, and no other device begins.
        """
        return self._call(
            "deploy",
            Deployment,
            native(devices),
            plan=name_of(plan),
            name=name,
            actor=actor,
            in_flight=in_flight,
            allow_unproven=allow_unproven,
            require_approval=require_approval,
            allow_reuse=allow_reuse,
            save=save,
            check_timeout=check_timeout,
            limits=limits,
        )

    def deployment(self, id, /):
        """Returns what a deployment did."""
        return self._call("deployment", Deployment, id=run_of(id))

    def rollback(
        self,
        deployment,
        devices,
        /,
        *,
        name=None,
        actor=None,
        in_flight=None,
        allow_unproven=None,
        save=None,
        check_timeout=None,
        limits=None,
    ):
        """Takes a deployment back, from what the devices are now."""
        return self._call(
            "rollback",
            Deployment,
            native(devices),
            deployment=run_of(deployment),
            name=name,
            actor=actor,
            in_flight=in_flight,
            allow_unproven=allow_unproven,
            save=save,
            check_timeout=check_timeout,
            limits=limits,
        )

    def report(self, executions, /):
        """Returns a page of HTML about one run or several."""
        ids = [run_of(execution) for execution in one_or_many(executions)]
        return self._call("report", str, executions=ids)

    def _follow(self, id, start):
        return self._native.follow(convert.to_json({"id": name_of(id), "start": start}))


class Netsnap(_Verbs, History):
    """An open engine, as blocking calls. Other Python threads go on meanwhile.

    Ctrl-C stops a call: its work ends in order, is recorded, and ``KeyboardInterrupt`` follows.
    """

    __slots__ = ()

    def begin(self, name="", /, **options):
        """Begins a run of one's own, queued until ``start`` where that is asked for. Without ``finish`` it ends interrupted."""
        return Recorder(self._native.begin(beginning(name, **options)))

    @contextmanager
    def record(self, name="", /, **options):
        """Records a block of code as a run: it ends as its devices did, and failed when the block raises."""
        with self.begin(name, **options) as run:
            yield run

    def replaying(self, id, /):
        """Opens an engine on the same store in which the devices of a past run answer as they did then. None is reached.

        What reads devices works in it as in this one, and is recorded: the runs have the label ``replay_of``. What was not recorded
        then is ``not_found``; ``deploy`` and ``rollback`` are refused. It is closed by itself, or with this one.
        """
        return Netsnap(self._native.replaying(_of_run(id)))

    def follow(self, id, /, *, start=None):
        """Iterates over the events of a run, those to come included, until the run has ended."""
        return batches(self._follow(id, start), list[Event])

    def watch(self):
        """Iterates over what happens from now on in every run of this engine, until the engine is closed."""
        return batches(self._native.watch(), list[LiveEvent])

    def close(self):
        """Stops the work under way, waits until it has ended in order, and lets go of the store."""
        self._native.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _call(self, verb, result, inventory=None, /, **arguments):
        texts = convert.long_texts(arguments)
        return convert.answer(result, self._native.call(verb, convert.to_json(arguments), inventory, texts))

    def _told(self, verb, result, progress, /, **arguments):
        if progress is None:
            return self._call(verb, result, **arguments)
        work = self._native.start(verb, convert.to_json(arguments))
        try:
            while True:
                told, reply = work.next()
                if reply is not None:
                    return convert.answer(result, reply)
                progress(Progress(done=told[0], total=told[1]))
        finally:
            work.stop()


class AsyncNetsnap(_Verbs, AsyncHistory):
    """An open engine, as coroutines.

    A cancelled task cancels its work, which then ends in order behind the scenes and is recorded; ``close`` waits for it.
    """

    __slots__ = ()

    async def begin(self, name="", /, **options):
        """Begins a run of one's own, queued until ``start`` where that is asked for. Without ``finish`` it ends interrupted."""
        return AsyncRecorder(await self._native.begin_async(beginning(name, **options)))

    @asynccontextmanager
    async def record(self, name="", /, **options):
        """Records a block of code as a run: it ends as its devices did, and failed when the block raises."""
        async with await self.begin(name, **options) as run:
            yield run

    async def replaying(self, id, /):
        """Opens an engine on the same store in which the devices of a past run answer as they did then. None is reached.

        What reads devices works in it as in this one, and is recorded: the runs have the label ``replay_of``. What was not recorded
        then is ``not_found``; ``deploy`` and ``rollback`` are refused. It is closed by itself, or with this one.
        """
        return AsyncNetsnap(await self._native.replaying_async(_of_run(id)))

    def follow(self, id, /, *, start=None):
        """Iterates over the events of a run, those to come included, until the run has ended."""
        return async_batches(self._follow(id, start), list[Event])

    def watch(self):
        """Iterates over what happens from now on in every run of this engine, until the engine is closed."""
        return async_batches(self._native.watch(), list[LiveEvent])

    async def close(self):
        """Stops the work under way, waits until it has ended in order, and lets go of the store."""
        await self._native.close_async()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def _call(self, verb, result, inventory=None, /, **arguments):
        texts = convert.long_texts(arguments)
        reply = self._native.call_async(verb, convert.to_json(arguments), inventory, texts)
        return convert.answer(result, await reply)

    async def _told(self, verb, result, progress, /, **arguments):
        if progress is None:
            return await self._call(verb, result, **arguments)
        work = self._native.start(verb, convert.to_json(arguments))
        try:
            while True:
                told, reply = await work.next_async()
                if reply is not None:
                    return convert.answer(result, reply)
                progress(Progress(done=told[0], total=told[1]))
        finally:
            work.stop()


class Opening:
    """An engine that is being opened: to be awaited, or entered with ``async with``."""

    __slots__ = ("_engine", "_url")

    def __init__(self, url):
        self._url = os.fspath(url)
        self._engine = None

    def __await__(self):
        return self._open().__await__()

    async def __aenter__(self):
        self._engine = await self._open()
        return self._engine

    async def __aexit__(self, *_):
        await self._engine.close()

    async def _open(self):
        return AsyncNetsnap(await _netsnap.Engine.open_async(self._url))


def open(url, /):
    """Opens an engine on a store: a folder, ``sqlite:runs.db``, ``postgres://…`` or ``memory:``.

    The address of PostgreSQL takes ``netsnap_lease`` (30s: so long after the last word of a machine that died its runs are
    interrupted), ``netsnap_answer`` (60s) and ``netsnap_connect`` (15s), such as ``postgres://host/db?netsnap_lease=10s``.
    """
    return Netsnap(_netsnap.Engine.open(os.fspath(url)))


def open_async(url, /):
    """Opens an engine for asyncio: ``await`` it, or enter it with ``async with``."""
    return Opening(url)


def _of_run(id):
    return convert.to_json({"id": run_of(id)})


def _target_list(targets):
    if isinstance(targets, Mapping):
        return [{"device": device, "intended": intended} for device, intended in targets.items()]
    return list(targets)
