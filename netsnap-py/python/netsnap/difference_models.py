"""The nouns of differences: VLANs and bridge domains, and what a deployment changes over a fleet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .models import ConfigDiff, Record
from .plan_models import DeviceProof, Step

DomainKind = Literal["vlan", "bridge_domain"]
Tagging = Literal["tagged", "untagged"]
DomainEndKind = Literal["pseudowire", "evpn", "vxlan"]
OrphanKind = Literal[
    "vlan_without_member",
    "member_without_vlan",
    "bridge_domain_without_interface",
    "gateway_without_domain",
    "interface_without_domain",
]
DeviceAction = Literal["add", "modify", "remove"]
TextFormat = Literal["unified", "patch", "side_by_side", "inline", "words", "html", "html_inline", "json"]
FleetFormat = Literal["terminal", "markdown", "html", "html_side_by_side", "html_inline", "patch"]
TopologyFormat = Literal["terminal", "markdown", "html", "svg"]
Color = Literal["never", "always"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainMember(Record):
    """An interface in a domain; ``outer`` and ``inner`` are its tags, ``encapsulation`` is in the device's words."""

    interface: str
    tagging: Tagging
    outer: str | None = None
    inner: str | None = None
    encapsulation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEnd(Record):
    """Where a domain leaves the device otherwise than by an interface."""

    kind: DomainEndKind
    peer: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Record):
    """One layer 2 domain of one device. The same domain has the same ``id`` on each device: ``vlan 10``.

    ``defined`` is false when something only refers to it, and it is made elsewhere.
    """

    id: str
    kind: DomainKind
    members: list[DomainMember]
    gateways: list[str]
    ends: list[DomainEnd]
    defined: bool
    vlan: int | None = None
    name: str | None = None
    description: str | None = None
    vni: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan(Record):
    """Something that lost its counterpart, or never had one."""

    kind: OrphanKind
    domain: str | None = None
    interface: str | None = None
    vlans: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains(Record):
    """The layer 2 domains of one device. Set ``vlans_elsewhere`` says that it keeps its VLANs outside its configuration."""

    domains: list[Domain]
    orphans: list[Orphan]
    vlans_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainAt(Record):
    """A domain and its device."""

    device: str
    domain: Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange(Record):
    """What became of a domain on its device; ``changed`` names the parts that differ."""

    device: str
    before: Domain
    after: Domain
    changed: list[str]
    members_added: list[DomainMember]
    members_removed: list[DomainMember]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainMove(Record):
    """A domain that left one device and came up on another."""

    from_device: str
    to_device: str
    before: Domain
    after: Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDiff(Record):
    """What is different between the layer 2 domains of two fleets."""

    added: list[DomainAt]
    removed: list[DomainAt]
    changed: list[DomainChange]
    moved: list[DomainMove]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementTouch(Record):
    """A line on the way that a device is managed by."""

    line: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceImpact(Record):
    """What a change of one device touches. Without ``management`` the way in is not touched."""

    interfaces: list[str]
    neighbors: list[str]
    services: list[str]
    management: list[ManagementTouch]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDifference(Record):
    """What a deployment does to one device. Secrets are masked in all of it."""

    device: str
    platform: str
    action: DeviceAction
    diff: ConfigDiff
    commands: list[Step]
    commands_truncated: int
    impact: DeviceImpact
    proof: DeviceProof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact(Record):
    """What a deployment touches in all; ``management`` names the devices whose way in is touched."""

    devices: int
    interfaces: int
    neighbors: int
    services: int
    management: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentDiff(Record):
    """What a deployment changes over a fleet. Empty (and false) means that nothing changes anywhere."""

    devices: list[DeviceDifference]
    unchanged: list[str]
    domains: DomainDiff
    impact: Impact
    remarks: list[str]
    empty: bool

    def __bool__(self) -> bool:
        return not self.empty
