"""What a run of one's own begins with."""

from typing import Any

from . import convert
from .convert import run_of


def beginning(
    name: str,
    /,
    *,
    kind: Any = None,
    actor: Any = None,
    job_id: Any = None,
    parent: Any = None,
    retry_of: Any = None,
    trigger: Any = None,
    why: Any = None,
    ticket: Any = None,
    dry_run: Any = None,
    labels: Any = None,
    parameters: Any = None,
    devices: Any = None,
    commands: Any = None,
    tool: Any = None,
    version: Any = None,
    queued: Any = None,
    level: Any = None,
    output_limit: Any = None,
) -> str:
    """Returns what a run of one's own begins with, as it crosses."""
    return convert.to_json(
        {
            "name": name,
            "kind": kind,
            "actor": actor,
            "job_id": job_id,
            "parent": run_of(parent),
            "retry_of": run_of(retry_of),
            "trigger": trigger,
            "why": why,
            "ticket": ticket,
            "dry_run": dry_run,
            "labels": labels,
            "parameters": parameters,
            "devices": devices,
            "commands": commands,
            "tool": tool,
            "version": version,
            "queued": queued,
            "level": level,
            "output_limit": output_limit,
        }
    )
