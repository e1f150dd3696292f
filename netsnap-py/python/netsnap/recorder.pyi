"""A run of one's own, while it is written: the types of ``recorder.py``."""

from collections.abc import Iterable
from datetime import datetime
from types import TracebackType

from .inventory import OneDevice
from .models import (
    CancelRequest,
    CommandStatus,
    DeviceStatus,
    DeviceSummary,
    ErrorReport,
    Execution,
    ExecutionStatus,
    Level,
    Output,
    Progress,
    Proof,
    Rejection,
    TaskCounters,
)
from .options import Limits
from .words import EventKind

class Recorder:
    @property
    def id(self) -> str: ...
    def start(self) -> Execution: ...
    def event(
        self,
        text: str = "",
        /,
        *,
        kind: EventKind | None = None,
        device: str | None = None,
        level: Level | None = None,
        progress: Progress | None = None,
        data: object = None,
    ) -> int: ...
    def ask(self, device: OneDevice, command: str, /, *, limits: Limits | None = None) -> Output: ...
    def output(
        self,
        device: str,
        command: str,
        output: str | bytes,
        /,
        *,
        proof: Proof | None = None,
        exit_status: int | None = None,
        rejection: Rejection | None = None,
        warnings: Iterable[str] | None = None,
        status: CommandStatus | None = None,
        parsed: object = None,
        started_at: datetime | None = None,
        duration_us: int | None = None,
        event: bool | None = None,
    ) -> None: ...
    def output_part(self, device: str, command: str, output: str | bytes, /) -> None: ...
    def incomplete(self, reason: str, /) -> None: ...
    def add_devices(self, devices: Iterable[DeviceSummary], /) -> None: ...
    def device_result(
        self,
        device: str,
        /,
        status: DeviceStatus | None = None,
        *,
        commands_ok: int | None = None,
        commands_failed: int | None = None,
        tasks: TaskCounters | None = None,
        attempt: int | None = None,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        duration_us: int | None = None,
        error: ErrorReport | None = None,
        event: bool | None = None,
    ) -> None: ...
    def cancel_requested(self) -> CancelRequest | None: ...
    def until_cancel_requested(self, *, timeout: float | None = None) -> CancelRequest | None: ...
    def finish(self, status: ExecutionStatus | None = None, *, reason: str | None = None) -> Execution: ...
    def __enter__(self) -> Recorder: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

class AsyncRecorder:
    @property
    def id(self) -> str: ...
    async def start(self) -> Execution: ...
    async def event(
        self,
        text: str = "",
        /,
        *,
        kind: EventKind | None = None,
        device: str | None = None,
        level: Level | None = None,
        progress: Progress | None = None,
        data: object = None,
    ) -> int: ...
    async def ask(self, device: OneDevice, command: str, /, *, limits: Limits | None = None) -> Output: ...
    async def output(
        self,
        device: str,
        command: str,
        output: str | bytes,
        /,
        *,
        proof: Proof | None = None,
        exit_status: int | None = None,
        rejection: Rejection | None = None,
        warnings: Iterable[str] | None = None,
        status: CommandStatus | None = None,
        parsed: object = None,
        started_at: datetime | None = None,
        duration_us: int | None = None,
        event: bool | None = None,
    ) -> None: ...
    async def output_part(self, device: str, command: str, output: str | bytes, /) -> None: ...
    async def incomplete(self, reason: str, /) -> None: ...
    async def add_devices(self, devices: Iterable[DeviceSummary], /) -> None: ...
    async def device_result(
        self,
        device: str,
        /,
        status: DeviceStatus | None = None,
        *,
        commands_ok: int | None = None,
        commands_failed: int | None = None,
        tasks: TaskCounters | None = None,
        attempt: int | None = None,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        duration_us: int | None = None,
        error: ErrorReport | None = None,
        event: bool | None = None,
    ) -> None: ...
    def cancel_requested(self) -> CancelRequest | None: ...
    async def until_cancel_requested(self, *, timeout: float | None = None) -> CancelRequest | None: ...
    async def finish(self, status: ExecutionStatus | None = None, *, reason: str | None = None) -> Execution: ...
    async def __aenter__(self) -> AsyncRecorder: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
