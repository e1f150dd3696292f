"""The nouns of topologies: devices, the links between them, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .difference_models import DomainDiff
from .models import Record

Protocol = Literal["ospf", "lldp", "cdp"]
LinkKind = Literal["point_to_point", "broadcast", "virtual", "physical", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Record):
    """One end of a link."""

    node: str
    interface: str | None = None
    address: str | None = None
    cost: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Record):
    """An output of the run."""

    device: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """A link between two devices; ``one_sided`` when only one end speaks of it."""

    a: End
    b: End
    kind: LinkKind
    one_sided: bool
    protocols: list[Protocol]
    sources: list[Source]
    area: str | None = None
    network: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Record):
    """A device; ``collected`` when the run asked it, others are only spoken of."""

    id: str
    collected: bool
    router_ids: list[str] = field(default_factory=list)
    hostnames: list[str] = field(default_factory=list)
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Record):
    """Something that could not be read, or does not fit together."""

    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology(Record):
    """Devices and the links between them, as one run knows them."""

    execution: str
    nodes: list[Node]
    links: list[Link]
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange(Record):
    """What became of a link; ``changed`` names the parts that differ."""

    before: Link
    after: Link
    changed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologyDiff(Record):
    """What is different between two topologies."""

    nodes_added: list[Node]
    nodes_removed: list[Node]
    links_added: list[Link]
    links_removed: list[Link]
    links_changed: list[LinkChange]
    domains: DomainDiff
