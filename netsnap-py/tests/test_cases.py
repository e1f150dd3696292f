"""Replays the language cases of tests/cases, as blocking calls and as coroutines."""

import asyncio
import contextlib
import hashlib
import inspect
import json
import os

import netsnap
import pytest
from conftest import CASES, skip, store
from netsnap import convert

VERBS = json.loads((CASES / "verbs.json").read_text(encoding="utf-8"))
FILES = sorted(path for path in CASES.glob("*/*.json") if "steps" in json.loads(path.read_text(encoding="utf-8")))


# What a text has in it, what it has not, and what its digest is.
SAYS = {
    "$contains": lambda text, parts: all(part in text for part in parts),
    "$lacks": lambda text, parts: not any(part in text for part in parts),
    "$sha256": lambda text, parts: parts == [hashlib.sha256(text.encode()).hexdigest()],
}


class Raised(Exception):
    """What the block of a case raises."""


class Replay:
    """One replay: an engine, a scratch folder, the run that ``begin`` began last, and what was kept."""

    def __init__(self, engine, folder):
        self.engine, self.folder, self.run, self.kept = engine, folder, None, {}

    def replay(self, case):
        for step in case["steps"]:
            arguments = self.filled(step.get("arguments", {}))
            if "error" in step:
                with pytest.raises(netsnap.NetsnapError) as failure:
                    self.call(step["call"], arguments)
                assert failure.value.kind == step["error"], step
                continue
            value = self.result(step, arguments)
            if "expect" in step:
                expected = self.filled(step["expect"])
                assert holds(value, expected), f"{step}\ngot {value}"
            for name, place in step.get("keep", {}).items():
                self.kept[name] = at(value, place)

    def result(self, step, arguments):
        if step["call"] == "record":
            return convert.plain(self.recorded(arguments, step["block"], step.get("raises")))
        if step["call"] == "watch":
            return convert.plain(self.watched(step["during"], len(step["expect"])))
        if step["call"] == "replaying" and "during" in step:
            return self.in_the_past(arguments["id"], step["during"])
        return self.call(step["call"], arguments)

    def in_the_past(self, id, during):
        past = self.settled(self.engine.replaying(id))
        present, self.engine = self.engine, past
        self.replay({"steps": during})
        self.engine = present
        self.settled(past.close())

    def recorded(self, arguments, block, raises):
        with contextlib.suppress(Raised), self.engine.record(arguments.pop("name"), **arguments) as run:
            for text in block:
                run.event(text)
            if raises:
                raise Raised(raises)
        return self.engine.execution(run.id)

    def watched(self, during, count):
        live = self.engine.watch()
        self.replay({"steps": during})
        return [next(live) for _ in range(count)]

    def call(self, verb, arguments):
        target, method = (self.run, verb[4:]) if verb.startswith("run.") else (self.engine, verb)
        positional = [arguments.pop(name) for name in VERBS[verb] if name in arguments]
        result = self.settled(getattr(target, method)(*positional, **arguments))
        if verb == "begin":
            self.run = result
            return {"id": result.id}
        return convert.plain(result.to_dict() if isinstance(result, netsnap.Output) else result)

    def settled(self, result):
        return list(result) if hasattr(result, "__next__") else result

    def filled(self, value):
        if value == "$inventory":
            return netsnap.load_inventory(os.environ["NETSNAP_TEST_INVENTORY"])
        if isinstance(value, str) and value.startswith("$folder/"):
            return self.folder / value.removeprefix("$folder/")
        if isinstance(value, str):
            return self.kept.get(value[1:], value) if value.startswith("$") else value
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        return value


class AsyncReplay(Replay):
    """The same with coroutines, each run to its end."""

    def __init__(self, engine, folder, loop):
        super().__init__(engine, folder)
        self.loop = loop

    def settled(self, result):
        async def finish():
            if hasattr(result, "__anext__"):
                return [row async for row in result]
            return await result if inspect.isawaitable(result) else result

        return self.loop.run_until_complete(finish())

    def recorded(self, arguments, block, raises):
        async def record():
            with contextlib.suppress(Raised):
                async with self.engine.record(arguments.pop("name"), **arguments) as run:
                    for text in block:
                        await run.event(text)
                    if raises:
                        raise Raised(raises)
            return await self.engine.execution(run.id)

        return self.settled(record())

    def watched(self, during, count):
        async def take():
            return [await anext(live) for _ in range(count)]

        live = self.engine.watch()
        self.replay({"steps": during})
        return self.settled(take())


def holds(value, expected):
    if expected == "$any":
        return value is not None
    if isinstance(expected, dict) and isinstance(value, str):
        return all(SAYS[word](value, parts) for word, parts in expected.items())
    if isinstance(expected, dict) and isinstance(value, dict):
        return all(holds(value.get(name), item) for name, item in expected.items())
    if isinstance(expected, list) and isinstance(value, list):
        return len(value) == len(expected) and all(map(holds, value, expected))
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


def at(value, place):
    for part in filter(None, place.split(".")):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def load(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    if case.get("needs") == "inventory" and "NETSNAP_TEST_INVENTORY" not in os.environ:
        skip("NETSNAP_TEST_INVENTORY is not set")
    return case


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_holds(path, url, tmp_path):
    with netsnap.open(url) as engine:
        Replay(engine, tmp_path).replay(load(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_holds_for_coroutines(path, tmp_path):
    case = load(path)
    loop = asyncio.new_event_loop()
    try:
        engine = loop.run_until_complete(opened(store("sqlite", tmp_path)))
        AsyncReplay(engine, tmp_path, loop).replay(case)
        loop.run_until_complete(engine.close())
    finally:
        loop.close()


async def opened(url):
    return await netsnap.open_async(url)
