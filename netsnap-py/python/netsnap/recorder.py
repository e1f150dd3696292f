"""A run of one's own, while it is written.

As a context manager it ends the run: as its devices did at the end of the block, failed or cancelled when the block raises.
"""

import asyncio

from . import convert
from ._netsnap import CancelledError
from .inventory import native_of
from .models import CancelRequest, Execution, Output


class _Writing:
    """The verbs of a recorder. What each returns, a value or an awaitable, is decided by the class below."""

    __slots__ = ("_finished", "_native")

    def __init__(self, native):
        self._native = native
        self._finished = False

    @property
    def id(self):
        """The id of the run."""
        return self._native.id

    def start(self):
        """Takes a run out of the queue in which it was begun, and returns it: it is running, and its duration counts."""
        return self._call("start", Execution)

    def event(self, text="", /, *, kind=None, device=None, level=None, progress=None, data=None):
        """Records that something happened, and returns its sequence number."""
        arguments = {
            "text": text,
            "kind": kind,
            "device": device,
            "level": level,
            "progress": progress,
            "data": data,
        }
        return self._event(convert.text_of(arguments))

    def ask(self, device, command, /, *, limits=None):
        """Runs a command on a device, records its output, and returns it. A refusal by the device is an answer.

        The device is an inventory of one (``inventory.select("r1")``), or its fields. The first question logs in, and the login is kept
        until the run ends or the device fails, which is raised. In an engine that is ``replaying`` a past run, the answers are those of
        then, in their order; what was not recorded is ``not_found``.
        """
        return self._ask(convert.to_json({"command": command, "limits": limits}), native_of(device))

    def output(
        self,
        device,
        command,
        output,
        /,
        *,
        proof=None,
        exit_status=None,
        rejection=None,
        warnings=None,
        status=None,
        parsed=None,
        started_at=None,
        duration_us=None,
        event=None,
    ):
        """Records what a device said to a command: text, or exact bytes, and the same as data in ``parsed``.

        Whoever follows the run sees an event of kind ``command_finished``; with ``event=False`` none, for programs that record one of
        their own.
        """
        return self._call(
            "output",
            None,
            _bytes(output),
            device=device,
            command=command,
            proof=proof,
            exit_status=exit_status,
            rejection=rejection,
            warnings=warnings,
            status=status,
            parsed=parsed,
            started_at=started_at,
            duration_us=duration_us,
            event=event,
        )

    def output_part(self, device, command, output, /):
        """Shows a part of an output that is still being sent: its whole lines become events of kind ``output_part``.

        The output itself is recorded by ``output``, once it is whole.
        """
        return self._call("output_part", None, _bytes(output), device=device, command=command)

    def incomplete(self, reason, /):
        """Says that something is missing in the record, and why. The first reason stays."""
        return self._call("incomplete", None, reason=reason)

    def add_devices(self, devices, /):
        """Adds devices to those that the run is about, as far as they are not among them."""
        return self._call("add_devices", None, devices=list(devices))

    def device_result(
        self,
        device,
        /,
        status=None,
        *,
        commands_ok=None,
        commands_failed=None,
        tasks=None,
        attempt=None,
        started_at=None,
        ended_at=None,
        duration_us=None,
        error=None,
        event=None,
    ):
        """Records how a device ended.

        Whoever follows the run sees an event of kind ``device_finished``; with ``event=False`` none.
        """
        return self._call(
            "device_result",
            None,
            device=device,
            status=status,
            commands_ok=commands_ok,
            commands_failed=commands_failed,
            tasks=tasks,
            attempt=attempt,
            started_at=started_at,
            ended_at=ended_at,
            duration_us=duration_us,
            error=error,
            event=event,
        )

    def cancel_requested(self):
        """Returns the request that the run end, when somebody made one with ``cancel``; it is heard of a second or two later.

        Nothing is waited for, by coroutines either. What to do about it is for the program to decide.
        """
        return convert.from_json(CancelRequest | None, self._native.cancel_requested())

    def until_cancel_requested(self, *, timeout=None):
        """Waits until somebody asks the run to end, ``timeout`` seconds at most.

        It gives ``None`` when nobody did, and when the run has ended without that. The run can be recorded meanwhile.
        """
        return self._until_cancel_requested(convert.to_json({"timeout": timeout}))

    def finish(self, status=None, *, reason=None):
        """Ends the run, and returns it as it is recorded. Nothing can be added to it any more.

        Without a status it ends as its devices did: failed when each of them failed, partial when some did or did not end,
        succeeded otherwise, and where nobody recorded how any device ended.
        """
        self._finished = True
        return self._call("finish", Execution, status=status, reason=reason)


class Recorder(_Writing):
    """A run of one's own, as blocking calls."""

    __slots__ = ()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if not self._finished:
            status, reason = _ending(kind, error)
            self.finish(status, reason=reason)

    def _event(self, arguments):
        sequence = self._native.event_at_once(arguments)
        return int(self._native.call("event", arguments)) if sequence is None else sequence

    def _ask(self, arguments, device):
        return convert.answer(Output, self._native.ask(arguments, device))

    def _until_cancel_requested(self, arguments):
        return convert.from_json(CancelRequest | None, self._native.until_cancel_requested(arguments))

    def _call(self, verb, result, content=None, /, **arguments):
        return convert.from_json(result, self._native.call(verb, convert.to_json(arguments), content))


class _InTurn(_Writing):
    """What is asked for at the same time is recorded in the order in which it was asked for."""

    __slots__ = ("_turn", "_waiting")

    def __init__(self, native):
        super().__init__(native)
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def _in_turn(self, verb, arguments, content=None):
        self._waiting += 1
        try:
            async with self._turn:
                return await self._native.call_async(verb, arguments, content)
        finally:
            self._waiting -= 1


class AsyncRecorder(_InTurn):
    """A run of one's own, as coroutines."""

    __slots__ = ()

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, _):
        if not self._finished:
            status, reason = _ending(kind, error)
            await self.finish(status, reason=reason)

    async def _event(self, arguments):
        sequence = None if self._waiting else self._native.event_at_once(arguments)
        return int(await self._in_turn("event", arguments)) if sequence is None else sequence

    async def _ask(self, arguments, device):
        # In nobody's turn: what is recorded while the device is talking does not wait for it.
        return convert.answer(Output, await self._native.ask_async(arguments, device))

    async def _until_cancel_requested(self, arguments):
        # In nobody's turn: what is recorded meanwhile does not wait for it.
        return convert.from_json(CancelRequest | None, await self._native.until_cancel_requested_async(arguments))

    async def _call(self, verb, result, content=None, /, **arguments):
        return convert.from_json(result, await self._in_turn(verb, convert.to_json(arguments), content))


def _bytes(output):
    return output.encode() if isinstance(output, str) else bytes(output)


def _ending(kind, error):
    """Returns the status and the reason of a run whose block ended like this."""
    if kind is None:
        return None, None
    if issubclass(kind, (KeyboardInterrupt, asyncio.CancelledError, CancelledError)):
        return "cancelled", kind.__name__
    return "failed", f"{kind.__name__}: {error}"
