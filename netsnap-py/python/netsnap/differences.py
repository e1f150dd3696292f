"""The verbs of differences: VLANs and bridge domains, and what a deployment changes over a fleet.

Each verb is written once for blocking calls and coroutines. The types stand in ``differences.pyi``.
"""

from .convert import run_of
from .difference_models import DeploymentDiff, DomainDiff, Domains


class Differences:
    """The verbs. What each returns, a value or an awaitable, is decided by the engine that they belong to."""

    __slots__ = ()

    def domains(self, platform, configuration, /):
        """Returns the VLANs and bridge domains of a configuration: who is in them, where they end, what is orphaned."""
        return self._call("domains", Domains, platform=platform, configuration=configuration)

    def snapshot_domains(self, id, /):
        """Returns the VLANs and bridge domains of a snapshot."""
        return self._call("snapshot_domains", Domains, id=getattr(id, "id", id))

    def diff_domains(self, before, after, /):
        """Compares the VLANs and bridge domains of two fleets: added, removed, changed, and moved to another device."""
        return self._call("diff_domains", DomainDiff, before=list(before), after=list(after))

    def diff_fleet(self, fleet, /, *, changes=None, commands=None):
        """Compares what a fleet runs with what it shall run. Nothing is sent, and no secret is in the result."""
        return self._call("diff_fleet", DeploymentDiff, fleet=list(fleet), changes=changes, commands=commands)

    def show_fleet_diff(self, fleet, /, *, format=None, width=None, color=None, limit=None):
        """Shows what a deployment would change over a fleet, for a terminal, a ticket, a page, or as a patch.

        ``html_side_by_side`` and ``html_inline`` add the configurations of each device to the page, with their secrets masked; a patch
        is exact, secrets included.
        """
        return self._call(
            "show_fleet_diff", str, fleet=list(fleet), format=format, width=width, color=color, limit=limit
        )

    def show_topology_diff(self, before, after, /, *, format=None, width=None, color=None, limit=None):
        """Shows what is different between the topologies of two runs, for a terminal, a ticket, a page, or as a picture."""
        return self._call(
            "show_topology_diff",
            str,
            before=run_of(before),
            after=run_of(after),
            format=format,
            width=width,
            color=color,
            limit=limit,
        )
