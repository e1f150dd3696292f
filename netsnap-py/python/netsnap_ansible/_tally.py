"""How do the tasks of each host count?

As in the recap that Ansible prints. Its own numbers come at the end; those counted here stand for a run that never gets there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTERS = ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored")
# What Ansible calls them in its statistics.
_STATS = {"failed": "failures"}


@dataclass
class HostTally:
    """What became of one host so far."""

    tasks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    answered: int = 0
    refused: int = 0
    first: int | None = None
    last: int | None = None
    error: dict[str, Any] | None = None

    def count(self, status: str, changed: bool) -> None:
        """Counts the result of a task, as the strategies of Ansible do."""
        if status in ("failed", "unreachable"):
            self.refused += 1
        else:
            self.answered += 1
        counted = {"changed": ("ok",), "ignored": ("ok", "ignored")}.get(status, (status,))
        for name in counted:
            self.tasks[name] += 1
        if changed and "ok" in counted:
            self.tasks["changed"] += 1

    def status(self) -> str:
        """Returns how the host ended."""
        for name in ("unreachable", "failed", "changed"):
            if self.tasks[name]:
                return name
        return "ok" if self.tasks["ok"] or self.tasks["rescued"] else "skipped"


def of_recap(summary: Mapping[str, Any], before: Mapping[str, int]) -> dict[str, int]:
    """Returns the numbers of a host in the statistics of Ansible, without those of playbooks before in the same command."""
    return {name: int(summary.get(_STATS.get(name, name), 0)) - before.get(name, 0) for name in COUNTERS}


def ending(statuses: list[str]) -> str:
    """Returns how a run ended whose hosts ended like this."""
    bad = sum(status in ("failed", "unreachable") for status in statuses)
    if bad == 0:
        return "succeeded"
    return "failed" if bad == len(statuses) else "partial"
