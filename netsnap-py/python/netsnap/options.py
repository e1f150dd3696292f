"""Options that have a form of their own. As the engine has them: an object with the names that stand here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias, TypedDict

from .history_models import CounterName, Direction, Repeated, SortBy
from .models import Capture, Collection, Deployment, Execution, ExecutionKind, ExecutionStatus, Progress, Trigger
from .words import ErrorCode

# What names a run.
Run: TypeAlias = str | Execution | Collection | Capture | Deployment | Repeated

# Called with the newest progress of long work. What it raises stops the work.
Told: TypeAlias = Callable[[Progress], object]


class Limits(TypedDict, total=False):
    """The limits of a connection: times in seconds, ``output`` in bytes. What is left out has the engine's default."""

    connect: float
    handshake: float
    authentication: float
    prompt: float
    idle: float
    total: float
    output: int


class Schedule(TypedDict, total=False):
    """What is known about the devices of a network that bears on the order of their changes. It may name devices that a plan does
    not hold; a finding of the plan then says so.

    ``redundancy``: groups of which no two devices change in one wave. ``roles``: the role of each device; ``role_order``: every
    device of one role before the first of the next. ``waits_for``: devices that wait for others. ``management_path``: devices
    that we come in through, last, alone, and in this order.
    """

    redundancy: Sequence[Sequence[str]]
    roles: Mapping[str, str]
    role_order: Sequence[str]
    waits_for: Mapping[str, Sequence[str]]
    management_path: Sequence[str]


class ManagementPath(TypedDict, total=False):
    """The way by which a device is managed, as its own configuration names it."""

    interface: str
    address: str
    vrf: str


class Sort(TypedDict, total=False):
    """The order of a list: newest first when left out."""

    by: SortBy | CounterName
    direction: Direction


# ``from``, ``in`` and ``not`` are words of Python: these three are written as calls.
TimeRange = TypedDict(
    "TimeRange",
    {"from": "datetime | str", "until": "datetime | str", "within": str},
    total=False,
)
TimeRange.__doc__ = "A time range, ``from`` included, ``until`` excluded; or ``within`` the last ``7d``, ``36h``, ``90m``."

TextMatch = TypedDict(
    "TextMatch",
    {"equals": str, "in": "Sequence[str]", "starts_with": str, "contains": str},
    total=False,
)
TextMatch.__doc__ = "A condition on a text: one of these."

LabelMatch = TypedDict(
    "LabelMatch",
    {"key": str, "equals": str, "in": "Sequence[str]"},
    total=False,
)
LabelMatch.__doc__ = "A condition on the label ``key``; without ``equals`` and ``in`` it only has to be there."


class Range(TypedDict, total=False):
    """A range of numbers, both ends included."""

    at_least: int
    at_most: int


class CounterMatch(Range, total=False):
    """A condition on the number ``name`` of a run."""

    name: CounterName


Filter = TypedDict(
    "Filter",
    {
        "all": "Sequence[Filter]",
        "any": "Sequence[Filter]",
        "not": "Filter",
        "status": "Sequence[ExecutionStatus]",
        "kind": "Sequence[ExecutionKind]",
        "name": TextMatch,
        "label": LabelMatch,
        "device": str,
        "actor": TextMatch,
        "trigger": "Sequence[Trigger]",
        "ticket": TextMatch,
        "job": str,
        "parent": str,
        "retry_of": str,
        "tool": str,
        "error_kind": "Sequence[ErrorCode]",
        "created": TimeRange,
        "started": TimeRange,
        "ended": TimeRange,
        "duration_us": Range,
        "counter": CounterMatch,
        "pinned": bool,
        "dry_run": bool,
        "archived": bool,
        "incomplete": bool,
    },
    total=False,
)
Filter.__doc__ = """Which runs are meant: exactly one of these; ``all``, ``any`` and ``not`` hold others.

In ``device`` ``*`` stands for any characters and ``?`` for one, every other character for itself: there are no sets such as ``[ab]``, and
upper and lower case differ.
"""


class ByLabel(TypedDict):
    """The values of one label."""

    label: str


GroupBy: TypeAlias = Literal["none", "hour", "day", "kind", "actor", "device", "error_kind", "name"] | ByLabel
Per: TypeAlias = Literal["store", "kind", "name", "device"] | ByLabel


class Newest(TypedDict, total=False):
    """The newest ``count`` runs, among all or among those of one kind, name, label or device."""

    count: int
    per: Per


class RetentionPolicy(TypedDict, total=False):
    """A run is removed when at least one rule says remove (the first three) and none says keep (the last three).

    ``filter`` says of which runs the policy speaks. Runs that are pinned or have not ended stay, whatever the rules are.
    """

    filter: Filter
    older_than: str
    at_most: Sequence[Newest]
    max_bytes: int
    at_least: Sequence[Newest]
    keep_failed_for: str
    keep_last_success: Sequence[Per]


class DeviceScope(TypedDict):
    """These devices of a run."""

    devices: Sequence[str]


Scope: TypeAlias = Literal["all", "failed"] | DeviceScope


class FleetTarget(TypedDict, total=False):
    """A device of a fleet: without ``running`` it comes, without ``intended`` it goes. ``address`` is what it is reached by."""

    device: str
    platform: str
    running: str
    intended: str
    address: str


class DeviceText(TypedDict):
    """The configuration of one device."""

    device: str
    platform: str
    configuration: str
