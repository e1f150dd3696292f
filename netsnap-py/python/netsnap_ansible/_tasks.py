"""What is a task called, where does it stand, and does somebody rescue its failure?

Read from the objects of Ansible, by the names that they have in ansible-core 2.15 to 2.20.
"""

from __future__ import annotations

from typing import Any

from ._plain import clean
from ._results import hides


def name_of(task: Any) -> str:
    """Returns the name of a task. Of one with ``no_log`` it is the name as it was written: filled in, it could tell a secret."""
    if not hides(task, {}):
        return clean(task.get_name())
    source = getattr(task, "_ds", None)
    written = source.get("name") if isinstance(source, dict) else None
    return clean(str(written or task.action))


def facts_of(task: Any) -> dict[str, Any]:
    """Returns the module of a task and where it stands."""
    return {"module": clean(str(task.action)), "path": clean(str(task.get_path() or ""))}


def is_rescued(task: Any) -> bool:
    """Says whether a block around a task has a rescue section that its failure leads to."""
    inner, outer = task, getattr(task, "_parent", None)
    while outer is not None:
        if getattr(outer, "rescue", None) and _holds(getattr(outer, "block", None) or [], inner):
            return True
        inner, outer = outer, getattr(outer, "_parent", None)
    return False


def _holds(section: list[Any], wanted: Any) -> bool:
    return any(entry is wanted or getattr(entry, "_uuid", entry) == getattr(wanted, "_uuid", None) for entry in section)
