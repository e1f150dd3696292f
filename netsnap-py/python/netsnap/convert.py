"""How do values cross between Python and the engine? Here, and nowhere else.

Arguments leave as one JSON text, long texts beside it; results come back as one JSON text and become frozen dataclasses.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from . import _netsnap

T = TypeVar("T")
Reader = Callable[[Any], Any]

# What is longer costs more as JSON, written and read again, than it is worth.
_LONG = 4096

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")


def to_json(arguments: Mapping[str, Any]) -> str:
    """Returns arguments as JSON; ``None`` means "not asked" and is left out."""
    return text_of({name: value for name, value in arguments.items() if value is not None})


def long_texts(arguments: dict[str, Any]) -> dict[str, str]:
    """Takes the long texts out of the arguments: they cross as they are. One with half a character in it stays, to be refused."""
    long = [name for name, value in arguments.items() if isinstance(value, str) and len(value) > _LONG and _is_whole(value)]
    return {name: arguments.pop(name) for name in long}


def text_of(value: Any) -> str:
    """Returns a value as JSON: dataclasses as objects without what is ``None``, times as RFC 3339, paths as text.

    What JSON does not know is an ``InvalidInputError``, and so is half a character.
    """
    text = _ENCODER.encode(value)
    if _is_whole(text):
        return text
    raise _refused("a text holds half a character, a lone surrogate", "decode what was read with its own encoding")


def _is_whole(text: str) -> bool:
    """Says whether a text can be written as UTF-8, which one with a lone surrogate cannot."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def from_json(hint: Any, text: str) -> Any:
    """Returns JSON text as a value of a type."""
    return reader(hint)(json.loads(text))


def answer(hint: Any, reply: tuple[str, bytes | None]) -> Any:
    """Returns a reply as a value of a type, with the bytes that belong to it."""
    value, content = from_json(hint, reply[0]), reply[1]
    return value if content is None else dataclasses.replace(value, bytes=content)


def plain(value: Any) -> Any:
    """Returns a value as what JSON knows, see :func:`text_of`."""
    return json.loads(text_of(value))


def _known(value: Any) -> Any:
    """Returns what JSON does not know as something that it does, from the outside in."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: item for name, item in pairs if item is not None}
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    hint = "decode it: texts are str" if isinstance(value, (bytes, bytearray)) else None
    raise _refused(f"{type(value).__name__} is nothing that JSON knows", hint)


def _refused(why: str, hint: str | None) -> Exception:
    report: dict[str, Any] = {
        "kind": "invalid_input",
        "message": f"the arguments do not fit: {why}",
        "operation": "",
        "context": {},
        "hint": hint,
        "effect": "none",
        "retryable": False,
    }
    return _netsnap.error_from_report(json.dumps(report))


# Made once: making one takes longer than most of what it encodes.
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_known)


@cache
def reader(hint: Any) -> Reader:
    """Returns what turns parsed JSON into a value of a type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _optional(reader(next(part for part in arguments if part is not NoneType)))
    if origin is list:
        item = reader(arguments[0])
        return lambda values: [item(value) for value in values]
    if origin is tuple:
        parts = [reader(part) for part in arguments]
        return lambda values: tuple(part(value) for part, value in zip(parts, values))
    if dataclasses.is_dataclass(origin or hint):
        return _record(origin or hint, arguments)
    return timestamp if hint is datetime else _same


def timestamp(text: str) -> datetime:
    """Returns an RFC 3339 time of the engine. Python keeps microseconds; further digits are cut off."""
    parts = _TIMESTAMP.fullmatch(text)
    if parts is None:
        raise ValueError(f"not a timestamp of the engine: {text!r}")
    moment = datetime.fromisoformat(parts[1]).replace(tzinfo=timezone.utc)
    return moment.replace(microsecond=int((parts[2] or "0").ljust(6, "0")[:6]))


def _record(kind: Any, arguments: tuple[Any, ...]) -> Reader:
    variables = dict(zip(getattr(kind, "__parameters__", ()), arguments))
    readers = {name: reader(_filled(hint, variables)) for name, hint in get_type_hints(kind).items()}

    def read(fields: dict[str, Any]) -> Any:
        return kind(**{name: readers[name](value) for name, value in fields.items() if name in readers})

    return read


def _filled(hint: Any, variables: dict[Any, Any]) -> Any:
    """Puts the arguments of a generic class in the place of its variables."""
    if get_origin(hint) is list:
        return list[variables.get(get_args(hint)[0], get_args(hint)[0])]  # type: ignore[misc]
    return hint


def _optional(inner: Reader) -> Reader:
    return lambda value: None if value is None else inner(value)


def _same(value: Any) -> Any:
    return value


def batches(source: Any, rows: Any) -> Iterator[Any]:
    """Iterates over the rows of a stream, which come in batches. Leaving it ends the stream."""
    try:
        while (text := source.next()) is not None:
            yield from from_json(rows, text)
    finally:
        source.stop()


async def async_batches(source: Any, rows: Any) -> AsyncIterator[Any]:
    """Iterates over the rows of a stream, which come in batches. Leaving it ends the stream."""
    try:
        while (text := await source.next_async()) is not None:
            for row in from_json(rows, text):
                yield row
    finally:
        source.stop()


def name_of(noun: Any) -> Any:
    """Returns the id of a noun; an id stands for itself."""
    return getattr(noun, "id", noun)


def run_of(noun: Any) -> Any:
    """Returns the id of the run of a noun: a deployment, a collection, a capture, a run or its id."""
    return name_of(getattr(noun, "execution", noun))


def one_or_many(values: Any) -> list[Any]:
    """Returns values as a list; what is none stands alone in one."""
    return [values] if isinstance(values, str) or not hasattr(values, "__iter__") else list(values)
