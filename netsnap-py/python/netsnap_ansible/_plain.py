"""How does a value of Ansible become plain data?

Results hold subclasses of ``str`` and ``dict`` that carry tags, and values that only look like text. What crosses into the engine is
made of the exact types of JSON, is not deeper than JSON readers go, and is not larger than it may be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

HIDDEN = "********"

_DEEPEST = 48
_LONGEST_LIST = 10_000
# Of ansible-core before and since 2.19: turning one into text would decrypt it.
_ENCRYPTED = frozenset({"AnsibleVaultEncryptedUnicode", "EncryptedString"})


def plain(value: Any, longest: int = 262_144, depth: int = 0) -> Any:
    """Returns a value as plain data. Text of more than ``longest`` characters keeps its head and its tail."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return cut(clean(value), longest)
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else str(int(value))
    if isinstance(value, float):
        return float(value) if value - value == 0 else str(float(value))
    if depth >= _DEEPEST:
        return "(nested too deeply to be kept)"
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(item, longest, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return _list(value, longest, depth)
    return _other(value, longest, depth)


def clean(text: str) -> str:
    """Returns text as an exact ``str`` that UTF-8 can hold."""
    text = str.__str__(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def cut(text: str, longest: int) -> str:
    """Returns text with its middle left out, visibly, when it is longer than it may be."""
    if len(text) <= longest:
        return text
    head, tail = longest // 2, longest - longest // 2
    return f"{text[:head]}\n[... {len(text) - longest} characters left out ...]\n{text[-tail:]}"


def size(value: Any) -> int:
    """Returns how many bytes plain data takes as JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def _list(values: Any, longest: int, depth: int) -> list[Any]:
    if len(values) <= _LONGEST_LIST:
        return [plain(item, longest, depth + 1) for item in values]
    half = _LONGEST_LIST // 2
    middle = f"[... {len(values) - 2 * half} items left out ...]"
    kept = [*values[:half], middle, *values[-half:]]
    return [plain(item, longest, depth + 1) for item in kept]


def _other(value: Any, longest: int, depth: int) -> Any:
    if type(value).__name__ in _ENCRYPTED:
        return HIDDEN
    if isinstance(value, (bytes, bytearray)):
        return cut(bytes(value).decode("utf-8", "replace"), longest)
    if isinstance(value, (set, frozenset)):
        return _list(sorted(value, key=str), longest, depth)
    return cut(clean(str(value)), longest)
