"""What of the result of a task is recorded?

Everything, unless ``no_log`` stands anywhere about it: then nothing but how it ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._plain import cut, plain, size

# Facts of ``setup`` that are the environment of the host.
_ENVIRONMENTS = ("ansible_env", "env")


def part(result: Any, name: str) -> Any:
    """Returns a part of a task result: public since ansible-core 2.19, with an underscore before."""
    return getattr(result, name) if hasattr(type(result), name) else getattr(result, f"_{name}")


def is_hidden(result: Any, data: Mapping[str, Any]) -> bool:
    """Says whether a result is not to be seen: the task, one of its items, or Ansible itself says so."""
    task = part(result, "task")
    # Since ansible-core 2.21 the task is what the worker made of it, and asking for the fields is warned about.
    if hides(task, {} if isinstance(task.no_log, bool) else getattr(result, "_task_fields", {})):
        return True
    items = data.get("results")
    return _is_censored(data) or (isinstance(items, list) and any(_is_censored(item) for item in items))


def hides(task: Any, fields: Mapping[str, Any]) -> bool:
    """Says whether ``no_log`` is set: by the task, or, where that is a template, by what the worker made of it."""
    given = getattr(task, "no_log", False)
    if given is None or isinstance(given, bool):
        return bool(given)
    made = fields.get("no_log")
    return made if isinstance(made, bool) else True


def _is_censored(data: Any) -> bool:
    return isinstance(data, Mapping) and bool(data.get("_ansible_no_log") or "censored" in data)


def visible(data: Mapping[str, Any], limit: int, environment: frozenset[str]) -> dict[str, Any]:
    """Returns a result as plain data of at most about ``limit`` bytes, without the internal keys of Ansible."""
    kept = _without_internals(data)
    if "warnings" in kept:
        kept["warnings"] = messages(kept["warnings"])
    if "deprecations" in kept:
        kept["deprecations"] = messages(kept["deprecations"])
    facts = kept.get("ansible_facts")
    if isinstance(facts, Mapping):
        kept["ansible_facts"] = _without_environment(facts, environment)
    return _limited(kept, limit)


def _without_internals(data: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if not str(key).startswith("_ansible_")}
    items = kept.get("results")
    if isinstance(items, list):
        kept["results"] = [_without_internals(item) if isinstance(item, Mapping) else item for item in items]
    return kept


def _without_environment(facts: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    kept = dict(facts)
    for name in _ENVIRONMENTS:
        if isinstance(kept.get(name), Mapping):
            kept[name] = {key: value for key, value in kept[name].items() if key in allowed}
    return kept


def _limited(data: dict[str, Any], limit: int) -> dict[str, Any]:
    """Cuts texts shorter and shorter, until all of it fits."""
    result = plain(data, limit)
    bytes_of_all = size(result)
    longest = limit // 4
    while bytes_of_all > limit and longest >= 256:
        result = plain(data, longest)
        longest //= 8
        if size(result) <= limit:
            return {**result, "netsnap_left_out": f"{bytes_of_all} bytes were more than the limit of {limit}"}
    if bytes_of_all <= limit:
        return dict(result)
    text = cut(json.dumps(result, ensure_ascii=False), limit // 2)
    return {"netsnap_left_out": f"{bytes_of_all} bytes were more than the limit of {limit}", "head_and_tail": text}


def text_of(data: Mapping[str, Any], limit: int) -> str:
    """Returns what a person wants to read of a result: what the command printed, else the message, else all of it."""
    items = data.get("results")
    if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
        return cut("".join(f"{_label(item)}:\n{_one_text(item)}" for item in items), limit)
    return cut(_one_text(data), limit)


def _label(item: Mapping[str, Any]) -> str:
    name = item.get("ansible_loop_var", "item")
    value = item.get(name)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _one_text(data: Mapping[str, Any]) -> str:
    printed = [data.get(name) for name in ("stdout", "module_stdout", "stderr", "module_stderr")]
    parts = [part for part in printed if isinstance(part, str) and part]
    told = [part for part in (data.get("msg"), data.get("skip_reason")) if isinstance(part, str) and part]
    parts = parts or told[:1] or [json.dumps(data, ensure_ascii=False, indent=2)]
    return "".join(part if part.endswith("\n") else part + "\n" for part in parts)


def messages(warnings: Any) -> list[str]:
    """Returns warnings or deprecations as text: since ansible-core 2.19 they are objects around a message."""
    if not isinstance(warnings, (list, tuple)):
        return []
    return [text for text in map(_message, warnings) if text]


def _message(warning: Any) -> str:
    event = getattr(warning, "event", None)
    text = getattr(event, "msg", None)
    if text is None and isinstance(warning, Mapping):
        text = warning.get("msg")
    return str(plain(warning if text is None else text, 4096))


def error_text(data: Mapping[str, Any]) -> str:
    """Returns one line about why a task failed."""
    for name in ("msg", "stderr", "module_stderr", "exception", "reason"):
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return cut(value.strip(), 2000)
    code = data.get("rc")
    return "it failed" if code is None else f"it failed with the return code {code}"
