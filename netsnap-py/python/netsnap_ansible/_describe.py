"""What does a run begin with: who runs what, with which options, on which hosts?

Only options that are listed here are kept, so that no password that some option takes can come along.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ._plain import HIDDEN, plain

_OPTIONS = (
    "args", "module_name", "module_args", "inventory", "subset", "tags", "skip_tags", "check", "diff", "forks", "become",
    "become_method", "become_user", "remote_user", "connection", "timeout", "task_timeout", "seconds", "poll_interval",
    "start_at_task", "step", "flush_cache", "force_handlers", "one_line", "verbosity", "basedir",
)  # fmt: skip
_SECRET = re.compile(r"pass|pwd|secret|token|credential|community|private|auth|vault|key|salt|hash|cookie|session", re.IGNORECASE)
_PAIR = re.compile(r"""([\w.-]+)=("[^"]*"|'[^']*'|\S+)""")


def actor() -> str:
    """Returns who runs this: behind sudo, the person who called it."""
    if os.geteuid() == 0 and os.environ.get("SUDO_USER"):
        return os.environ["SUDO_USER"]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the command was called with, without what was left at nothing."""
    given = {name: plain(arguments[name]) for name in _OPTIONS if arguments.get(name) not in (None, "", (), [], False)}
    if "module_args" in given:
        given["module_args"] = masked_pairs(str(given["module_args"]))
    variables = arguments.get("extra_vars") or ()
    if variables:
        given["extra_vars"] = [extra_variables(str(text)) for text in variables]
    return given


def extra_variables(text: str) -> Any:
    """Returns one ``--extra-vars`` with its secrets masked; of a file, the name; of what cannot be read, nothing."""
    if text.startswith("@"):
        return text
    if text.lstrip()[:1] in ("{", "["):
        return masked(_read_yaml(text))
    return masked_pairs(text)


def _read_yaml(text: str) -> Any:
    import yaml

    try:
        return plain(yaml.safe_load(text))
    except yaml.YAMLError:
        return HIDDEN


def masked(value: Any) -> Any:
    """Returns plain data without the values of keys that are named like a secret."""
    if isinstance(value, dict):
        return {key: HIDDEN if _SECRET.search(key) else masked(item) for key, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value


def masked_pairs(text: str) -> str:
    """Returns ``key=value`` text without the values of keys that are named like a secret."""
    return _PAIR.sub(lambda pair: f"{pair[1]}={HIDDEN}" if _SECRET.search(pair[1]) else pair[0], text)


def parameters(arguments: Mapping[str, Any], environment: Iterable[str], version: str) -> dict[str, Any]:
    """Returns what a run was asked for, as it is recorded."""
    found = {name: os.environ[name] for name in environment if name in os.environ}
    asked = {
        "program": os.path.basename(sys.argv[0]),
        "options": options(arguments),
        "check": bool(arguments.get("check")),
        "diff": bool(arguments.get("diff")),
        "directory": os.getcwd(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "ansible": version,
    }
    return {**asked, "environment": found} if found else asked


def labels(pairs: Iterable[str]) -> dict[str, str]:
    """Returns ``site=zurich`` as a label; a word alone is a label with the value ``true``."""
    split = (pair.partition("=") for pair in pairs if pair.strip())
    return {name.strip(): value.strip() if sign else "true" for name, sign, value in split}
