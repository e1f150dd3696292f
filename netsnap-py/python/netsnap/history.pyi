"""The verbs of the history: the types of ``history.py``."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike

from .differences import AsyncDifferences, Differences
from .exchange_models import CsvTable, Existing, ExportFormat, ExportReport, ImportFormat, ImportReport
from .history_models import (
    Anchor,
    ArchiveReport,
    AuditAction,
    AuditEntry,
    Case,
    Check,
    Comparison,
    Direction,
    LatestDevice,
    PruneReport,
    Recovery,
    Repeated,
    Rerun,
    SearchResult,
    Stats,
    Syntax,
    VerifyReport,
)
from .inventory import Devices
from .models import Event, Execution, Page
from .options import Filter, GroupBy, Limits, RetentionPolicy, Run, Scope, Sort, TimeRange, Told
from .topology_models import Topology, TopologyDiff

class History(Differences):
    def label(
        self,
        id: Run,
        key: str,
        value: str | None = None,
        /,
        *,
        actor: str | None = None,
        reason: str | None = None,
    ) -> Execution: ...
    def pin(self, id: Run, /, *, actor: str | None = None, reason: str | None = None) -> Execution: ...
    def unpin(self, id: Run, /, *, actor: str | None = None, reason: str | None = None) -> Execution: ...
    def annotate(
        self, id: Run, text: str, /, *, actor: str | None = None, reason: str | None = None
    ) -> Execution: ...
    def cancel(self, id: Run, /, *, actor: str | None = None, reason: str | None = None) -> Execution: ...
    def audit(
        self,
        *,
        object_type: str | None = None,
        object_id: str | None = None,
        actor: str | None = None,
        actions: Sequence[AuditAction] | None = None,
        at: TimeRange | None = None,
        direction: Direction | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[AuditEntry]: ...
    def stats(
        self,
        *,
        filter: Filter | None = None,
        group_by: GroupBy | None = None,
        time_zone: str | None = None,
        groups: int | None = None,
        devices: int | None = None,
    ) -> Stats: ...
    def latest_by_device(self, *, filter: Filter | None = None) -> list[LatestDevice]: ...
    def prune(
        self,
        *,
        policy: RetentionPolicy | None = None,
        dry_run: bool | None = None,
        actor: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
        list: int | None = None,
        progress: Told | None = None,
    ) -> PruneReport: ...
    def archive(
        self,
        *,
        filter: Filter | None = None,
        older_than: str | None = None,
        dry_run: bool | None = None,
        actor: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
        progress: Told | None = None,
    ) -> ArchiveReport: ...
    def search_output(
        self,
        pattern: str,
        /,
        *,
        syntax: Syntax | None = None,
        case: Case | None = None,
        execution: Run | None = None,
        filter: Filter | None = None,
        sort: Sort | None = None,
        device: str | None = None,
        command: str | None = None,
        before: int | None = None,
        after: int | None = None,
        max_hits: int | None = None,
        max_executions: int | None = None,
        max_bytes: int | None = None,
        cursor: str | None = None,
        progress: Told | None = None,
    ) -> SearchResult: ...
    def compare_executions(
        self,
        before: Run,
        after: Run,
        /,
        *,
        platform: str | None = None,
        platforms: Mapping[str, str] | None = None,
        mask: Sequence[str] | None = None,
        device: str | None = None,
        command: str | None = None,
        context: int | None = None,
        max_output_bytes: int | None = None,
        max_diff_bytes: int | None = None,
        max_total_bytes: int | None = None,
    ) -> Comparison: ...
    def rerun_plan(self, id: Run, /, *, scope: Scope | None = None) -> Rerun: ...
    def rerun(
        self,
        id: Run,
        devices: Devices,
        /,
        *,
        scope: Scope | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Repeated: ...
    def recover(self, *, older_than: str | None = None) -> Recovery: ...
    def verify(
        self,
        *,
        filter: Filter | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        checks: Sequence[Check] | None = None,
        anchor: Anchor | None = None,
        findings: int | None = None,
        progress: Told | None = None,
    ) -> VerifyReport: ...
    def metrics(self) -> str: ...
    def export(
        self,
        path: str | PathLike[str],
        /,
        *,
        filter: Filter | None = None,
        executions: Iterable[Run] | None = None,
        format: ExportFormat | None = None,
        table: CsvTable | None = None,
        events: bool | None = None,
        outputs: bool | None = None,
        existing: Existing | None = None,
        actor: str | None = None,
        reason: str | None = None,
        progress: Told | None = None,
    ) -> ExportReport: ...
    def import_runs(
        self,
        path: str | PathLike[str],
        /,
        *,
        format: ImportFormat | None = None,
        dry_run: bool | None = None,
        devices: Sequence[str] | None = None,
        gap_us: int | None = None,
        labels: Mapping[str, str] | None = None,
        actor: str | None = None,
        at: datetime | str | None = None,
        progress: Told | None = None,
    ) -> ImportReport: ...
    def import_text(
        self,
        text: str,
        /,
        *,
        format: ImportFormat | None = None,
        dry_run: bool | None = None,
        devices: Sequence[str] | None = None,
        gap_us: int | None = None,
        labels: Mapping[str, str] | None = None,
        actor: str | None = None,
        at: datetime | str | None = None,
        progress: Told | None = None,
    ) -> ImportReport: ...
    def topology(self, id: Run, /) -> Topology: ...
    def diff_topology(self, before: Run, after: Run, /) -> TopologyDiff: ...
    def draw_topology(self, id: Run, /) -> str: ...
    def replay(self, id: Run, /, *, start: int | None = None, speed: float | None = None) -> Iterator[Event]: ...

class AsyncHistory(AsyncDifferences):
    async def label(
        self,
        id: Run,
        key: str,
        value: str | None = None,
        /,
        *,
        actor: str | None = None,
        reason: str | None = None,
    ) -> Execution: ...
    async def pin(self, id: Run, /, *, actor: str | None = None, reason: str | None = None) -> Execution: ...
    async def unpin(
        self, id: Run, /, *, actor: str | None = None, reason: str | None = None
    ) -> Execution: ...
    async def annotate(
        self, id: Run, text: str, /, *, actor: str | None = None, reason: str | None = None
    ) -> Execution: ...
    async def cancel(self, id: Run, /, *, actor: str | None = None, reason: str | None = None) -> Execution: ...
    async def audit(
        self,
        *,
        object_type: str | None = None,
        object_id: str | None = None,
        actor: str | None = None,
        actions: Sequence[AuditAction] | None = None,
        at: TimeRange | None = None,
        direction: Direction | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[AuditEntry]: ...
    async def stats(
        self,
        *,
        filter: Filter | None = None,
        group_by: GroupBy | None = None,
        time_zone: str | None = None,
        groups: int | None = None,
        devices: int | None = None,
    ) -> Stats: ...
    async def latest_by_device(self, *, filter: Filter | None = None) -> list[LatestDevice]: ...
    async def prune(
        self,
        *,
        policy: RetentionPolicy | None = None,
        dry_run: bool | None = None,
        actor: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
        list: int | None = None,
        progress: Told | None = None,
    ) -> PruneReport: ...
    async def archive(
        self,
        *,
        filter: Filter | None = None,
        older_than: str | None = None,
        dry_run: bool | None = None,
        actor: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
        progress: Told | None = None,
    ) -> ArchiveReport: ...
    async def search_output(
        self,
        pattern: str,
        /,
        *,
        syntax: Syntax | None = None,
        case: Case | None = None,
        execution: Run | None = None,
        filter: Filter | None = None,
        sort: Sort | None = None,
        device: str | None = None,
        command: str | None = None,
        before: int | None = None,
        after: int | None = None,
        max_hits: int | None = None,
        max_executions: int | None = None,
        max_bytes: int | None = None,
        cursor: str | None = None,
        progress: Told | None = None,
    ) -> SearchResult: ...
    async def compare_executions(
        self,
        before: Run,
        after: Run,
        /,
        *,
        platform: str | None = None,
        platforms: Mapping[str, str] | None = None,
        mask: Sequence[str] | None = None,
        device: str | None = None,
        command: str | None = None,
        context: int | None = None,
        max_output_bytes: int | None = None,
        max_diff_bytes: int | None = None,
        max_total_bytes: int | None = None,
    ) -> Comparison: ...
    async def rerun_plan(self, id: Run, /, *, scope: Scope | None = None) -> Rerun: ...
    async def rerun(
        self,
        id: Run,
        devices: Devices,
        /,
        *,
        scope: Scope | None = None,
        actor: str | None = None,
        in_flight: int | None = None,
        limits: Limits | None = None,
    ) -> Repeated: ...
    async def recover(self, *, older_than: str | None = None) -> Recovery: ...
    async def verify(
        self,
        *,
        filter: Filter | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        checks: Sequence[Check] | None = None,
        anchor: Anchor | None = None,
        findings: int | None = None,
        progress: Told | None = None,
    ) -> VerifyReport: ...
    async def metrics(self) -> str: ...
    async def export(
        self,
        path: str | PathLike[str],
        /,
        *,
        filter: Filter | None = None,
        executions: Iterable[Run] | None = None,
        format: ExportFormat | None = None,
        table: CsvTable | None = None,
        events: bool | None = None,
        outputs: bool | None = None,
        existing: Existing | None = None,
        actor: str | None = None,
        reason: str | None = None,
        progress: Told | None = None,
    ) -> ExportReport: ...
    async def import_runs(
        self,
        path: str | PathLike[str],
        /,
        *,
        format: ImportFormat | None = None,
        dry_run: bool | None = None,
        devices: Sequence[str] | None = None,
        gap_us: int | None = None,
        labels: Mapping[str, str] | None = None,
        actor: str | None = None,
        at: datetime | str | None = None,
        progress: Told | None = None,
    ) -> ImportReport: ...
    async def import_text(
        self,
        text: str,
        /,
        *,
        format: ImportFormat | None = None,
        dry_run: bool | None = None,
        devices: Sequence[str] | None = None,
        gap_us: int | None = None,
        labels: Mapping[str, str] | None = None,
        actor: str | None = None,
        at: datetime | str | None = None,
        progress: Told | None = None,
    ) -> ImportReport: ...
    async def topology(self, id: Run, /) -> Topology: ...
    async def diff_topology(self, before: Run, after: Run, /) -> TopologyDiff: ...
    async def draw_topology(self, id: Run, /) -> str: ...
    def replay(
        self, id: Run, /, *, start: int | None = None, speed: float | None = None
    ) -> AsyncIterator[Event]: ...
