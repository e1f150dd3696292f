"""The nouns of a plan: what is sent, what it risks, what was found, and who agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .models import ErrorReport, Record

RiskLevel = Literal["low", "medium", "high"]
RiskClass = Literal[
    "cosmetic",
    "local",
    "service",
    "unknown",
    "control_plane",
    "management",
    "fail_open",
    "unproven",
    "fleet",
]
PlanFormat = Literal["terminal", "markdown", "html"]
PlanSeverity = Literal["info", "warning", "error"]
PlanFindingKind = Literal[
    "unknown_line",
    "undefined_reference",
    "orphan",
    "unused",
    "masked_secret",
    "duplicate_address",
    "duplicate_router_id",
    "duplicate_vlan",
    "vlan_name",
    "vlan_without_member",
    "bridge_domain_without_interface",
    "expired",
    "unknown_device",
    "unread_lines",
]
Phase = Literal["before", "during", "after"]
LiveCheckKind = Literal["reachability", "login", "privilege", "drift"]
LiveStatus = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReason(Record):
    """Why something has its risk."""

    level: RiskLevel
    kind: RiskClass
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(Record):
    """How much can go wrong with a device or a plan, and why: the greatest reason first."""

    level: RiskLevel
    reasons: list[RiskReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRisk(Record):
    """How much can go wrong with one step, and why."""

    level: RiskLevel
    kind: RiskClass
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFinding(Record):
    """Something that a check of a plan found."""

    severity: PlanSeverity
    kind: PlanFindingKind
    device: str
    text: str
    section: list[str] = field(default_factory=list)
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationStep(Record):
    """What a deployment looks at, and what must be seen."""

    phase: Phase
    name: str
    expect: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationBasis(Record):
    """What an estimate rests on: recorded changes of devices of the same platform, and where there are any, of the same kind."""

    platform: str
    commands: int
    runs: int
    p50_ms: int
    kind: RiskClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveEstimate(Record):
    """How long a wave will take."""

    duration_ms: int
    basis: list[DurationBasis]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Record):
    """Somebody agreed that a plan be carried out."""

    plan: str
    actor: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCheck(Record):
    """One check of one device."""

    device: str
    check: LiveCheckKind
    status: LiveStatus
    text: str = ""
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation(Record):
    """What the checks of a plan found: the worst first. ``live`` has one row for each device and check, when devices were asked."""

    plan: str
    passed: bool
    findings: list[PlanFinding]
    live: list[LiveCheck] = field(default_factory=list)
    execution: str | None = None

    def __bool__(self) -> bool:
        return self.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Record):
    """One command to send, with the section headers to enter first.

    ``without_prompt``: the command is of several lines, and the device shows its prompt behind the last one alone, as of a banner.
    """

    section: list[str]
    line: str
    without_prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProof(Record):
    """What the simulator said: ``proven`` with the lines carried out, or ``unproven`` with the reasons.

    ``beginnings`` says from how many states on the way a way back was carried out, too; ``rules`` is the digest of the rules of
    the simulated device.
    """

    verdict: Literal["proven", "unproven"]
    lines: int | None = None
    beginnings: int | None = None
    rules: str | None = None
    reasons: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeReplace(Record):
    """How a person replaces the whole configuration where the steps are not proven: ``FILE`` holds the intended one."""

    reason: str
    commands: list[str]
    caution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlan(Record):
    """What will happen to one device."""

    device: str
    platform: str
    running: str
    running_meaning: str
    intended: str
    intended_meaning: str
    steps: list[Step]
    inverse: list[Step]
    proof: DeviceProof
    snapshot: str | None = None
    risk: Risk | None = None
    step_risks: list[StepRisk] = field(default_factory=list)
    undo: list[list[int]] = field(default_factory=list)
    native_rollback: str | None = None
    native_replace: NativeReplace | None = None
    checks: list[ValidationStep] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave(Record):
    """Devices that are changed together."""

    devices: list[str]
    estimate: WaveEstimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Record):
    """What a device should become. Without a snapshot, the plan starts from the newest one of the device."""

    device: str
    intended: str
    snapshot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """A change, frozen: what will be sent to which device, in which order, and the proof that it arrives.

    ``id`` is the SHA-256 of the document that ``plan_document`` returns, in the form of ``schema/plan.v4.json`` of netsnap-core.
    """

    id: str
    schema: int
    created_at: datetime
    devices: list[DevicePlan]
    waves: list[Wave]
    proven: bool
    empty: bool
    expires_at: datetime | None = None
    risk: Risk | None = None
    findings: list[PlanFinding] = field(default_factory=list)
