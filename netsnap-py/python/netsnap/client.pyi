"""The engine, as blocking calls and as coroutines: the types of ``client.py``."""

from collections.abc import AsyncIterator, Awaitable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from os import PathLike
from types import TracebackType

from .difference_models import Color, TextFormat
from .history import AsyncHistory, History
from .inventory import Devices
from .models import (
    Capture,
    Collection,
    ConfigDiff,
    Deployment,
    DeviceResult,
    DeviceSummary,
    Event,
    Execution,
    ExecutionKind,
    LiveEvent,
    Output,
    OutputSummary,
    Page,
    PlatformName,
    RecordingLevel,
    Snapshot,
    Trigger,
)
from .options import Filter, Limits, ManagementPath, Run, Schedule, Sort
from .plan_models import Approval, Plan, PlanFormat, Target, Validation
from .recorder import AsyncRecorder, Recorder

class Netsnap(History):
    def execution(self, id: str | Execution, /) -> Execution: ...
    def list_executions(
        self,
        *,
        filter: Filter | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        page: int | None = None,
        count_up_to: int | None = None,
    ) -> Page[Execution]: ...
    def current(self) -> Execution | None: ...
    def device_results(self, id: str | Execution, /) -> list[DeviceResult]: ...
    def events(
        self, id: str | Execution, /, *, start: int | None = None, limit: int | None = None
    ) -> list[Event]: ...
    def outputs(self, id: str | Execution, /) -> list[OutputSummary]: ...
    def output(self, id: str | Execution, /, device: str, command: str) -> Output: ...
    def collect(
        self,
        devices: Devices,
        commands: str | Iterable[str],
        /,
        *,
        replay: Run | None = None,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
        output_limit: int | None = None,
    ) -> Collection: ...
    def capture(
        self,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Capture: ...
    def keep_configuration(
        self,
        device: str,
        platform: str,
        text: str,
        /,
        *,
        taken_at: datetime | None = None,
        actor: str | None = None,
    ) -> Snapshot: ...
    def snapshot(self, id: str | Snapshot, /) -> Snapshot: ...
    def snapshot_text(self, id: str | Snapshot, /) -> str: ...
    def history(
        self, subject: str, /, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Snapshot]: ...
    def diff_text(
        self,
        before: str,
        after: str,
        /,
        *,
        format: TextFormat | None = None,
        before_name: str | None = None,
        after_name: str | None = None,
        context: int | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...
    def diff_config(self, platform: str, before: str, after: str, /, *, limit: int | None = None) -> ConfigDiff: ...
    def load_platform(self, table: str, /) -> PlatformName: ...
    def plan(
        self,
        targets: Mapping[str, str] | Iterable[Target],
        /,
        *,
        wave_size: int | None = None,
        canary: str | Iterable[str] | None = None,
        waves: Sequence[Sequence[str]] | None = None,
        schedule: Schedule | None = None,
        management: Mapping[str, ManagementPath] | None = None,
        expires_in: float | None = None,
        in_flight: int | None = None,
        actor: str | None = None,
    ) -> Plan: ...
    def load_plan(self, id: str | Plan, /) -> Plan: ...
    def validate_plan(self, id: str | Plan, /) -> Validation: ...
    def check_plan(
        self,
        plan: str | Plan,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Validation: ...
    def approve_plan(
        self, id: str | Plan, /, *, actor: str | None = None, reason: str | None = None
    ) -> Approval: ...
    def approvals(self, id: str | Plan, /) -> list[Approval]: ...
    def show_plan(
        self,
        id: str | Plan,
        /,
        *,
        format: PlanFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
    ) -> str: ...
    def plan_document(self, id: str | Plan, /) -> str: ...
    def deploy(
        self,
        plan: str | Plan,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        allow_unproven: bool | None = None,
        require_approval: bool | None = None,
        allow_reuse: bool | None = None,
        save: bool | None = None,
        check_timeout: float | None = None,
        limits: Limits | None = None,
    ) -> Deployment: ...
    def deployment(self, id: str | Deployment | Execution, /) -> Deployment: ...
    def rollback(
        self,
        deployment: str | Deployment | Execution,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        allow_unproven: bool | None = None,
        save: bool | None = None,
        check_timeout: float | None = None,
        limits: Limits | None = None,
    ) -> Deployment: ...
    def report(self, executions: Run | Iterable[Run], /) -> str: ...
    def begin(
        self,
        name: str = "",
        /,
        *,
        kind: ExecutionKind | None = None,
        actor: str | None = None,
        job_id: str | None = None,
        parent: Run | None = None,
        retry_of: Run | None = None,
        trigger: Trigger | None = None,
        why: str | None = None,
        ticket: str | None = None,
        dry_run: bool | None = None,
        labels: Mapping[str, str] | None = None,
        parameters: object = None,
        devices: Iterable[DeviceSummary] | None = None,
        commands: Iterable[str] | None = None,
        tool: str | None = None,
        version: str | None = None,
        queued: bool | None = None,
        level: RecordingLevel | None = None,
        output_limit: int | None = None,
    ) -> Recorder: ...
    def record(
        self,
        name: str = "",
        /,
        *,
        kind: ExecutionKind | None = None,
        actor: str | None = None,
        job_id: str | None = None,
        parent: Run | None = None,
        retry_of: Run | None = None,
        trigger: Trigger | None = None,
        why: str | None = None,
        ticket: str | None = None,
        dry_run: bool | None = None,
        labels: Mapping[str, str] | None = None,
        parameters: object = None,
        devices: Iterable[DeviceSummary] | None = None,
        commands: Iterable[str] | None = None,
        tool: str | None = None,
        version: str | None = None,
        queued: bool | None = None,
        level: RecordingLevel | None = None,
        output_limit: int | None = None,
    ) -> AbstractContextManager[Recorder]: ...
    def replaying(self, id: Run, /) -> Netsnap: ...
    def follow(self, id: str | Execution, /, *, start: int | None = None) -> Iterator[Event]: ...
    def watch(self) -> Iterator[LiveEvent]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Netsnap: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

class AsyncNetsnap(AsyncHistory):
    async def execution(self, id: str | Execution, /) -> Execution: ...
    async def list_executions(
        self,
        *,
        filter: Filter | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        page: int | None = None,
        count_up_to: int | None = None,
    ) -> Page[Execution]: ...
    async def current(self) -> Execution | None: ...
    async def device_results(self, id: str | Execution, /) -> list[DeviceResult]: ...
    async def events(
        self, id: str | Execution, /, *, start: int | None = None, limit: int | None = None
    ) -> list[Event]: ...
    async def outputs(self, id: str | Execution, /) -> list[OutputSummary]: ...
    async def output(self, id: str | Execution, /, device: str, command: str) -> Output: ...
    async def collect(
        self,
        devices: Devices,
        commands: str | Iterable[str],
        /,
        *,
        replay: Run | None = None,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
        output_limit: int | None = None,
    ) -> Collection: ...
    async def capture(
        self,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Capture: ...
    async def keep_configuration(
        self,
        device: str,
        platform: str,
        text: str,
        /,
        *,
        taken_at: datetime | None = None,
        actor: str | None = None,
    ) -> Snapshot: ...
    async def snapshot(self, id: str | Snapshot, /) -> Snapshot: ...
    async def snapshot_text(self, id: str | Snapshot, /) -> str: ...
    async def history(
        self, subject: str, /, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Snapshot]: ...
    async def diff_text(
        self,
        before: str,
        after: str,
        /,
        *,
        format: TextFormat | None = None,
        before_name: str | None = None,
        after_name: str | None = None,
        context: int | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...
    async def diff_config(self, platform: str, before: str, after: str, /, *, limit: int | None = None) -> ConfigDiff: ...
    async def load_platform(self, table: str, /) -> PlatformName: ...
    async def plan(
        self,
        targets: Mapping[str, str] | Iterable[Target],
        /,
        *,
        wave_size: int | None = None,
        canary: str | Iterable[str] | None = None,
        waves: Sequence[Sequence[str]] | None = None,
        schedule: Schedule | None = None,
        management: Mapping[str, ManagementPath] | None = None,
        expires_in: float | None = None,
        in_flight: int | None = None,
        actor: str | None = None,
    ) -> Plan: ...
    async def load_plan(self, id: str | Plan, /) -> Plan: ...
    async def validate_plan(self, id: str | Plan, /) -> Validation: ...
    async def check_plan(
        self,
        plan: str | Plan,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Validation: ...
    async def approve_plan(
        self, id: str | Plan, /, *, actor: str | None = None, reason: str | None = None
    ) -> Approval: ...
    async def approvals(self, id: str | Plan, /) -> list[Approval]: ...
    async def show_plan(
        self,
        id: str | Plan,
        /,
        *,
        format: PlanFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
    ) -> str: ...
    async def plan_document(self, id: str | Plan, /) -> str: ...
    async def deploy(
        self,
        plan: str | Plan,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        allow_unproven: bool | None = None,
        require_approval: bool | None = None,
        allow_reuse: bool | None = None,
        save: bool | None = None,
        check_timeout: float | None = None,
        limits: Limits | None = None,
    ) -> Deployment: ...
    async def deployment(self, id: str | Deployment | Execution, /) -> Deployment: ...
    async def rollback(
        self,
        deployment: str | Deployment | Execution,
        devices: Devices,
        /,
        *,
        name: str | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        allow_unproven: bool | None = None,
        save: bool | None = None,
        check_timeout: float | None = None,
        limits: Limits | None = None,
    ) -> Deployment: ...
    async def report(self, executions: Run | Iterable[Run], /) -> str: ...
    async def begin(
        self,
        name: str = "",
        /,
        *,
        kind: ExecutionKind | None = None,
        actor: str | None = None,
        job_id: str | None = None,
        parent: Run | None = None,
        retry_of: Run | None = None,
        trigger: Trigger | None = None,
        why: str | None = None,
        ticket: str | None = None,
        dry_run: bool | None = None,
        labels: Mapping[str, str] | None = None,
        parameters: object = None,
        devices: Iterable[DeviceSummary] | None = None,
        commands: Iterable[str] | None = None,
        tool: str | None = None,
        version: str | None = None,
        queued: bool | None = None,
        level: RecordingLevel | None = None,
        output_limit: int | None = None,
    ) -> AsyncRecorder: ...
    def record(
        self,
        name: str = "",
        /,
        *,
        kind: ExecutionKind | None = None,
        actor: str | None = None,
        job_id: str | None = None,
        parent: Run | None = None,
        retry_of: Run | None = None,
        trigger: Trigger | None = None,
        why: str | None = None,
        ticket: str | None = None,
        dry_run: bool | None = None,
        labels: Mapping[str, str] | None = None,
        parameters: object = None,
        devices: Iterable[DeviceSummary] | None = None,
        commands: Iterable[str] | None = None,
        tool: str | None = None,
        version: str | None = None,
        queued: bool | None = None,
        level: RecordingLevel | None = None,
        output_limit: int | None = None,
    ) -> AbstractAsyncContextManager[AsyncRecorder]: ...
    async def replaying(self, id: Run, /) -> AsyncNetsnap: ...
    def follow(self, id: str | Execution, /, *, start: int | None = None) -> AsyncIterator[Event]: ...
    def watch(self) -> AsyncIterator[LiveEvent]: ...
    async def close(self) -> None: ...
    async def __aenter__(self) -> AsyncNetsnap: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

class Opening(Awaitable[AsyncNetsnap], AbstractAsyncContextManager[AsyncNetsnap]):
    def __init__(self, url: str | PathLike[str]) -> None: ...
    def __await__(self) -> Generator[object, None, AsyncNetsnap]: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

def open(url: str | PathLike[str], /) -> Netsnap: ...
def open_async(url: str | PathLike[str], /) -> Opening: ...
