"""The nouns: frozen, with the names that they have in every language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from . import convert
from ._netsnap import NetsnapError, error_from_report
from .words import ErrorCode, EventKind

T = TypeVar("T")

ExecutionKind = Literal[
    "collect", "capture", "plan", "deploy", "rollback", "check", "playbook", "adhoc", "workflow", "custom"
]
ExecutionStatus = Literal[
    "queued", "running", "succeeded", "partial", "failed", "cancelled", "timed_out", "interrupted"
]
Trigger = Literal["manual", "schedule", "api", "event", "retry"]
RecordingLevel = Literal["strict", "batched", "relaxed"]
DeviceStatus = Literal["ok", "changed", "failed", "unreachable", "skipped"]
CommandStatus = Literal["ok", "changed", "failed", "skipped", "ignored", "rescued", "unreachable"]
DeviceOutcome = Literal["already_done", "changed", "rolled_back", "rollback_failed", "refused", "skipped"]
RollbackOutcome = Literal["exact", "equivalent", "different"]
ChangeKind = Literal["added", "removed", "changed", "moved", "text", "secret"]
UnreadReason = Literal["comment", "around", "ignored", "overwritten"]
SnapshotKind = Literal["running_configuration", "intended_configuration"]
Proof = Literal["given", "tail", "fence", "exec"]
Level = Literal["debug", "info", "warning", "error"]
# The builtin, where a field has its name.
Bytes = bytes
Effect = Literal["none", "indeterminate", "known"]


class Record:
    """What every noun can do."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the noun as plain data that JSON can hold; what is ``None`` is left out."""
        result: dict[str, Any] = convert.plain(self)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport(Record):
    """A failure as plain data: what a run records."""

    kind: ErrorCode
    message: str
    operation: str = ""
    context: dict[str, str] = field(default_factory=dict)
    hint: str | None = None
    effect: Effect = "none"
    retryable: bool = False

    def exception(self) -> NetsnapError:
        """Returns the failure as an exception of its kind, to be raised."""
        return error_from_report(json.dumps(self.to_dict()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Record):
    """How many there are; ``capped`` when counting stopped there."""

    count: int
    capped: bool
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Record, Generic[T]):
    """One page of a list. ``cursor`` leads to the next one; ``None`` at the end. ``total`` is there when it was asked for."""

    items: list[T]
    cursor: str | None = None
    total: Total | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Record):
    """A device of an inventory, without its secrets."""

    name: str
    host: str
    port: int
    username: str
    platform: str
    key: str | None = None
    agent: bool = False
    known_hosts: str | None = None
    host_key_policy: Literal["strict", "accept_new"] = "strict"
    algorithms: Literal["modern", "compatible", "legacy"] = "compatible"
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSummary(Record):
    """A device of a run, as lists show it. Runs of before platforms were recorded have none."""

    id: str
    name: str
    ip: str
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounters(Record):
    """How tasks ended, in the words of Ansible.

    ``changed`` tasks count in ``ok`` too; a rescued failure counts only in ``rescued``, an ignored one in ``ok`` and ``ignored``.
    """

    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failed: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters(Record):
    """How much there was to do, and how it went."""

    total_devices: int = 0
    completed_devices: int = 0
    failed_devices: int = 0
    changed_devices: int = 0
    unreachable_devices: int = 0
    skipped_devices: int = 0
    total_commands: int = 0
    successful_commands: int = 0
    failed_commands: int = 0
    tasks: TaskCounters = TaskCounters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Record):
    """What a run used up. Runs that go on in one process at one time share its processor time: each counts all of it."""

    cpu_us: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    device_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation(Record):
    """A remark that somebody made about a run, also after its end."""

    at: datetime
    actor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest(Record):
    """Somebody's wish that a run end. Who holds the run decides what becomes of it."""

    at: datetime
    actor: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files(Record):
    """What a run left on the disk; sizes in units of 1,000,000 bytes."""

    text_files: int = 0
    json_files: int = 0
    total_size_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Record):
    """Who writes a run, until it ends."""

    host: str
    boot: str
    process: int
    process_start: int
    machine: str = ""
    space: int = 0
    session: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution(Record):
    """One isolated run: who did what, when, to which devices, and how it ended.

    ``record_digest`` is the SHA-256 over all that was recorded of it, as its store keeps it; set when it ends.
    """

    id: str
    kind: ExecutionKind
    name: str
    status: ExecutionStatus
    created_at: datetime
    job_id: str | None = None
    reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_us: int | None = None
    parent: str | None = None
    retry_of: str | None = None
    actor: str = ""
    trigger: Trigger = "manual"
    why: str | None = None
    ticket: str | None = None
    dry_run: bool = False
    parameters: Any = None
    parameters_digest: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    devices: list[DeviceSummary] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    results: Counters = Counters()
    error_kinds: dict[ErrorCode, int] = field(default_factory=dict)
    files: Files = Files()
    cost: Cost = Cost()
    cancel_request: CancelRequest | None = None
    pinned: bool = False
    annotations: list[Annotation] = field(default_factory=list)
    archived: bool = False
    level: RecordingLevel | None = None
    incomplete: str | None = None
    last_sequence: int = 0
    record_digest: str | None = None
    revision: int = 0
    owner: Owner | None = None
    host: str = ""
    tool: str = "netsnap"
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceResult(Record):
    """How a device ended in a run, with the reason."""

    device: str
    status: DeviceStatus
    commands_ok: int
    commands_failed: int
    duration_us: int
    tasks: TaskCounters = TaskCounters()
    attempt: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Record):
    """How far the work has come."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """One thing that happened in one run. ``sequence`` is dense from 1 and is the order; ``at`` is for people."""

    sequence: int
    at: datetime
    kind: EventKind
    device: str | None = None
    level: Level = "info"
    text: str = ""
    progress: Progress | None = None
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent(Event):
    """An event together with the run that it belongs to."""

    execution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection(Record):
    """Why a device refused a line."""

    line: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Record):
    """What was left out of an output that was larger than the limit: the bytes of all of it, and those kept of both ends."""

    bytes: int
    head: int
    tail: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSummary(Record):
    """The recorded output of one command on one device, without its bytes."""

    device: str
    command: str
    bytes: int
    digest: str
    proof: Proof
    started_at: datetime
    duration_us: int
    exit_status: int | None = None
    rejection: Rejection | None = None
    warnings: list[str] = field(default_factory=list)
    status: CommandStatus = "ok"
    cut: Cut | None = None
    parsed: bool = False
    redactions: int = 0
    json: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Record):
    """The recorded output of one command on one device. The bytes are exact, secrets aside."""

    summary: OutputSummary
    bytes: Bytes = b""
    parsed: Any = None

    @property
    def text(self) -> str:
        """The bytes as text; what is no UTF-8 becomes U+FFFD."""
        return self.bytes.decode("utf-8", "replace")

    def to_dict(self) -> dict[str, Any]:
        """Returns the summary, the text and, where somebody parsed it, the data."""
        parsed = {} if self.parsed is None else {"parsed": self.parsed}
        return {"summary": self.summary.to_dict(), "text": self.text, **parsed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection(Record):
    """What a collection brought: the run, and how each device ended. The outputs are in the run."""

    execution: Execution
    devices: list[DeviceResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Record):
    """One observation of a subject: immutable, named by its digest."""

    id: str
    subject: str
    kind: SnapshotKind
    platform: str
    content: str
    meaning: str
    bytes: int
    taken_at: datetime
    proof: Proof
    execution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Record):
    """What a capture brought: a snapshot of each device whose configuration is whole."""

    execution: Execution
    snapshots: list[Snapshot]
    devices: list[DeviceResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Record):
    """Where a command stood and stands in a list whose order matters, counted from 1."""

    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Record):
    """One difference between two configurations. Secrets are masked in all of it.

    ``text`` is a text of several lines with other words; ``secret`` is a command whose secret alone is another; a ``moved`` one
    has ``places``.
    """

    kind: ChangeKind
    section: list[str]
    before: str | None = None
    after: str | None = None
    places: Places | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformName(Record):
    """What a table of a platform is about: its name, as in an inventory, and its vendor and product."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadLine(Record):
    """A piece of a text that was not read as configuration: its first line, secrets masked, at most 200 characters."""

    line: int
    text: str
    why: UnreadReason


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadLines(Record):
    """What of a text was not read as configuration: how many pieces, and the first hundred. Separators and closers are not counted."""

    count: int
    lines: list[UnreadLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadSides(Record):
    """What of two texts was not read as configuration, and so makes no difference."""

    before: UnreadLines
    after: UnreadLines


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDiff(Record):
    """The structural difference of two configurations. Empty (and false) means that they mean the same, and hold the same comments
    where the device keeps those.

    ``truncated`` counts the changes that a limit left out.
    """

    changes: list[Change]
    empty: bool
    unread: UnreadSides
    truncated: int = 0

    def __bool__(self) -> bool:
        return not self.empty


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult(Record):
    """What became of one line."""

    line: str
    accepted: bool
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDeployment(Record):
    """What happened to one device."""

    device: str
    outcome: DeviceOutcome
    lines: list[LineResult]
    saved: bool
    duration_us: int = 0
    before: str | None = None
    after: str | None = None
    rollback: RollbackOutcome | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Record):
    """What a deployment, or a rollback (the deployment of an inverse), did."""

    execution: str
    plan: str
    devices: list[DeviceDeployment]
    succeeded: bool
    rollback_of: str | None = None
