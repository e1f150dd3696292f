"""The nouns of the history: what was counted, found, compared, removed and verified."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .models import (
    CommandStatus,
    DeviceResult,
    DeviceStatus,
    ErrorReport,
    Execution,
    ExecutionKind,
    ExecutionStatus,
    Record,
    Snapshot,
)
from .words import ErrorCode

AuditAction = Literal[
    "create",
    "start",
    "request_cancel",
    "cancel",
    "finish",
    "recover",
    "label",
    "pin",
    "annotate",
    "prune",
    "archive",
    "export",
    "import",
    "approve",
]
SortBy = Literal["created", "ended", "duration", "name"]
Direction = Literal["descending", "ascending"]
Syntax = Literal["literal", "regex"]
Case = Literal["sensitive", "ignored"]
SearchLimit = Literal["hits", "executions", "bytes"]
DeviceChange = Literal["fixed", "broken", "same", "added", "removed"]
OutputChange = Literal["changed", "masked", "unknown"]
Truncation = Literal["output", "difference", "total"]
Severity = Literal["warning", "error"]
Check = Literal["damage", "audit", "tombstones", "record", "log", "summary", "counters", "outputs"]
CounterName = Literal[
    "total_devices",
    "completed_devices",
    "failed_devices",
    "changed_devices",
    "unreachable_devices",
    "skipped_devices",
    "total_commands",
    "successful_commands",
    "failed_commands",
    "ok_tasks",
    "changed_tasks",
    "unreachable_tasks",
    "failed_tasks",
    "skipped_tasks",
    "rescued_tasks",
    "ignored_tasks",
    "bytes_in",
    "bytes_out",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor(Record):
    """A place in the audit log: the number of an entry and its hash, which stands for every entry up to it."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry(Record):
    """An entry of the audit log: who did what to what, when and why. Order is the number."""

    number: int
    at: datetime
    actor: str
    action: AuditAction
    object_type: str
    object_id: str
    previous: str
    hash: str
    before: str | None = None
    after: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations(Record):
    """How long some runs took, in microseconds."""

    count: int
    mean_us: int | None = None
    p50_us: int | None = None
    p95_us: int | None = None
    p99_us: int | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures(Record):
    """The figures of some runs. A partly successful run counts as ended only."""

    total: int
    by_status: dict[str, int]
    ended: int
    succeeded: int
    durations: Durations
    success_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Figures):
    """The figures of one group; ``key`` is what its runs have in common."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMoment(Record):
    """The result of a device in one run, which may have been removed since."""

    at: datetime
    execution_id: str
    error_kind: ErrorCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFigures(Record):
    """How a device fared. Streaks and changes are of runs that are still in the store."""

    device: str
    total: int
    succeeded: int
    failed: int
    failing_streak: int
    longest_failing_streak: int
    recent_changes: int
    success_rate: float | None = None
    last_success: DeviceMoment | None = None
    last_failure: DeviceMoment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHealth(Record):
    """How the devices fared. The lists of names are cut as ``devices`` is."""

    known: int
    devices: list[DeviceFigures]
    longest_failing: list[str]
    flapping: list[str]
    never_succeeded: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats(Figures):
    """The figures of all runs that fit, those that were removed since included, and of each group."""

    removed: int
    groups: list[Group]
    groups_left_off: int
    devices: DeviceHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestDevice(Record):
    """The newest run of a device, and how the device ended in it."""

    device: str
    execution_id: str
    at: datetime
    run_status: ExecutionStatus
    status: DeviceStatus | None = None
    error_kind: ErrorCode | None = None
    error: ErrorReport | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunedRun(Record):
    """A run that was removed, or would be; ``why`` is the rule: ``older_than``, ``at_most`` or ``max_bytes``."""

    id: str
    kind: ExecutionKind
    name: str
    status: ExecutionStatus
    created_at: datetime
    bytes: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneReport(Record):
    """What a prune removed, or would remove. Set ``more`` says that the limit left runs over: prune again."""

    dry_run: bool
    seen: int
    removed: int
    bytes: int
    reclaimed: int
    by_rule: dict[str, int]
    kept: dict[str, int]
    runs: list[PrunedRun]
    more: bool
    bytes_over: int
    completed: int
    unrecorded: list[str]
    stopped: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport(Record):
    """What was compressed, or would be, and which runs could not be, with the reason."""

    dry_run: bool
    archived: int
    plain: int
    stored: int
    failed: list[tuple[str, ErrorReport]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Record):
    """Something in a store that cannot be read, and is passed over."""

    place: str
    error: ErrorReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit(Record):
    """A line that fits. Lines and columns count from 1, outputs of the run from 0."""

    execution: str
    device: str
    command: str
    output: int
    line: int
    column: int
    length: int
    text: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult(Record):
    """What was found. ``truncated`` says which limit stopped the search, and ``cursor`` goes on there."""

    hits: list[Hit]
    executions: int
    outputs: int
    bytes: int
    truncated: SearchLimit | None = None
    cursor: str | None = None
    unreadable: list[Damage] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSide(Record):
    """One of two runs that are compared."""

    execution: str
    kind: ExecutionKind
    name: str
    status: ExecutionStatus
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationChange(Record):
    """Two lengths of time, in microseconds, and the second divided by the first."""

    before_us: int | None = None
    after_us: int | None = None
    change_us: int | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonTotals(Record):
    """How many devices, commands and outputs became what."""

    fixed: int
    broken: int
    same: int
    added: int
    removed: int
    commands_added: int
    commands_removed: int
    outputs_same: int
    outputs_changed: int
    outputs_masked: int
    outputs_unknown: int
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFacts(Record):
    """An output, without its bytes."""

    bytes: int
    digest: str
    status: CommandStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonChange(Record):
    """One difference of two JSON documents; ``path`` is a JSON pointer."""

    path: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputComparison(Record):
    """Two outputs of one command on one device that are not byte for byte the same."""

    command: str
    occurrence: int
    change: OutputChange
    before: OutputFacts
    after: OutputFacts
    duration: DurationChange
    masked_before: int
    masked_after: int
    diff: str | None = None
    json: list[JsonChange] | None = None
    truncated: Truncation | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceComparison(Record):
    """One device in both runs."""

    device: str
    change: DeviceChange
    duration: DurationChange
    outputs_same: int
    status_before: DeviceStatus | None = None
    status_after: DeviceStatus | None = None
    error_before: ErrorCode | None = None
    error_after: ErrorCode | None = None
    commands_added: list[str] = field(default_factory=list)
    commands_removed: list[str] = field(default_factory=list)
    outputs: list[OutputComparison] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorKindChange(Record):
    """How many devices ended with an error of a kind."""

    kind: ErrorCode
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Record):
    """What is different between two runs. ``truncated`` is set when something was left out for its size."""

    before: RunSide
    after: RunSide
    duration: DurationChange
    totals: ComparisonTotals
    devices: list[DeviceComparison]
    truncated: bool
    error_kinds: list[ErrorKindChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun(Record):
    """What a run would do when it is done once more."""

    kind: ExecutionKind
    name: str
    devices: list[str]
    commands: list[str]
    retry_of: str
    parameters: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Record):
    """What a run brought that was done once more; ``execution.retry_of`` names the old one."""

    execution: Execution
    devices: list[DeviceResult]
    snapshots: list[Snapshot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(Record):
    """The runs that were ended because their process went away, and those that could not be, with the reason."""

    ended: list[str]
    failed: list[tuple[str, ErrorReport]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Record):
    """One thing that is not as it should be, and what can be done."""

    severity: Severity
    check: Check
    place: str
    what: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport(Record):
    """What was verified. ``audit_head``, kept elsewhere, is the ``anchor`` of the next verification.

    ``runs_unbound`` counts the ended runs whose record nothing binds, since it was kept before records were bound, or could not be read when
    they ended: in these a change is found only where its own checksums tell.
    """

    runs: int
    events: int
    outputs: int
    output_bytes: int
    outputs_covered: int
    runs_unbound: int
    audit_entries: int
    tombstones: int
    errors: int
    warnings: int
    findings: list[Finding]
    audit_head: Anchor | None = None
    cursor: str | None = None
