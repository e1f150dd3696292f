from collections.abc import Iterable

from .difference_models import Color, DeploymentDiff, DomainDiff, Domains, FleetFormat, TopologyFormat
from .models import Snapshot
from .options import DeviceText, FleetTarget, Run

class Differences:
    def domains(self, platform: str, configuration: str, /) -> Domains: ...
    def snapshot_domains(self, id: str | Snapshot, /) -> Domains: ...
    def diff_domains(self, before: Iterable[DeviceText], after: Iterable[DeviceText], /) -> DomainDiff: ...
    def diff_fleet(
        self, fleet: Iterable[FleetTarget], /, *, changes: int | None = None, commands: int | None = None
    ) -> DeploymentDiff: ...
    def show_fleet_diff(
        self,
        fleet: Iterable[FleetTarget],
        /,
        *,
        format: FleetFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...
    def show_topology_diff(
        self,
        before: Run,
        after: Run,
        /,
        *,
        format: TopologyFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...

class AsyncDifferences:
    async def domains(self, platform: str, configuration: str, /) -> Domains: ...
    async def snapshot_domains(self, id: str | Snapshot, /) -> Domains: ...
    async def diff_domains(self, before: Iterable[DeviceText], after: Iterable[DeviceText], /) -> DomainDiff: ...
    async def diff_fleet(
        self, fleet: Iterable[FleetTarget], /, *, changes: int | None = None, commands: int | None = None
    ) -> DeploymentDiff: ...
    async def show_fleet_diff(
        self,
        fleet: Iterable[FleetTarget],
        /,
        *,
        format: FleetFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...
    async def show_topology_diff(
        self,
        before: Run,
        after: Run,
        /,
        *,
        format: TopologyFormat | None = None,
        width: int | None = None,
        color: Color | None = None,
        limit: int | None = None,
    ) -> str: ...
