"""Which hosts is a playbook about, and where are they?"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

from ._plain import clean


def hosts_of(plays: Iterable[Any]) -> list[Any]:
    """Returns the hosts of plays, as far as they can be told before: not those that a play is yet to add, or to compute."""
    found: dict[str, Any] = {}
    for play in plays:
        inventory = getattr(play.get_variable_manager(), "_inventory", None)
        patterns = play.hosts if isinstance(play.hosts, (list, tuple)) else str(play.hosts).replace(",", ":").split(":")
        known = [str(pattern).strip() for pattern in patterns if inventory and _is_known(inventory, str(pattern).strip())]
        for host in inventory.get_hosts(known, ignore_restrictions=True) if inventory and known else ():
            found.setdefault(host.get_name(), host)
    return list(found.values())


def _is_known(inventory: Any, pattern: str) -> bool:
    """Says whether a pattern matches something. Asked about one that does not, Ansible would warn before its time."""
    name = pattern.lstrip("!&").partition("[")[0]
    if not name or name.startswith("~"):
        return False
    return name in ("all", "localhost") or bool(fnmatch.filter([*inventory.groups, *inventory.hosts], name))


def described(host: Any, play: Any) -> dict[str, str]:
    """Returns the name of a host, its address and its platform; a value that is yet a template is left out."""
    name = clean(host.get_name())
    variables = _variables(host, play)
    address = _text(variables, "ansible_host") or _text(variables, "ansible_ssh_host") or name
    return {"name": name, "address": address, "platform": _text(variables, "ansible_network_os")}


def summaries(devices: Iterable[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """Returns the fields of devices in the summary of a run."""
    return [{"id": one["name"], "name": one["name"], "ip": one["address"], "platform": one["platform"] or None} for one in devices]


def _variables(host: Any, play: Any) -> Mapping[str, Any]:
    """Returns the variables of a host, those of its groups included; the files beside inventory and playbook count too."""
    try:
        manager = play.get_variable_manager()
        found = manager.get_vars(play=play, host=host, include_hostvars=False)
    except Exception:  # A variable file that is broken is Ansible's to report.
        found = host.get_vars()
    return found if isinstance(found, Mapping) else {}


def _text(variables: Mapping[str, Any], name: str) -> str:
    value = variables.get(name)
    return clean(value) if isinstance(value, str) and "{{" not in value else ""
