"""The devices that a program works with. Their secrets go in and never come out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

from . import _netsnap, convert
from .models import Device


class Inventory:
    """The devices that a program works with: from a file, or from mappings with the same fields."""

    __slots__ = ("_native",)

    def __init__(self, devices: Iterable[Mapping[str, Any]]) -> None:
        text = convert.text_of(list(devices))
        self._native = _netsnap.Inventory.from_json(text)

    def select(self, *names: str) -> Inventory:
        """Returns the devices with these names, in this order."""
        return _wrap(self._native.select(list(names)))

    @property
    def names(self) -> list[str]:
        """The names of the devices, in order."""
        return [device.name for device in self]

    def __iter__(self) -> Iterator[Device]:
        devices: list[Device] = convert.from_json(list[Device], self._native.json())
        return iter(devices)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Inventory({', '.join(self.names)})"


Devices = Union[Inventory, Iterable[Mapping[str, Any]]]

# An inventory of one device, or its fields.
OneDevice = Union[Inventory, Mapping[str, Any]]


def load_inventory(path: str | os.PathLike[str]) -> Inventory:
    """Reads a file with a JSON array of devices."""
    return _wrap(_netsnap.Inventory.from_file(os.fspath(path)))


def native(devices: Devices) -> _netsnap.Inventory:
    """Returns devices as the engine takes them."""
    inventory = devices if isinstance(devices, Inventory) else Inventory(devices)
    return inventory._native


def native_of(device: OneDevice) -> _netsnap.Inventory:
    """Returns one device as the engine takes it."""
    return native(device if isinstance(device, Inventory) else [device])


def _wrap(found: _netsnap.Inventory) -> Inventory:
    inventory = Inventory.__new__(Inventory)
    inventory._native = found
    return inventory
