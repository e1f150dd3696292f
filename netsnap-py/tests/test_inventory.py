"""An inventory: devices go in with their secrets and come out without."""

import json
import pathlib

import netsnap
import pytest

DEVICES = [
    {"name": "r1", "host": "192.0.2.1", "username": "admin", "password": "hunter2", "platform": "frr"},
    {
        "name": "r2",
        "host": "192.0.2.2",
        "port": 2222,
        "username": "admin",
        "key": pathlib.Path("/keys/id_ed25519"),
        "key_passphrase": {"env": "PASSPHRASE"},
        "platform": "cisco_ios",
        "labels": {"site": "Bern"},
    },
]


def test_devices_come_from_mappings_and_from_a_file(tmp_path):
    file = tmp_path / "inventory.json"
    file.write_text(json.dumps(DEVICES, default=str), encoding="utf-8")
    for inventory in (netsnap.Inventory(DEVICES), netsnap.load_inventory(file), netsnap.load_inventory(str(file))):
        assert inventory.names == ["r1", "r2"]
        assert len(inventory) == 2
        second = list(inventory)[1]
        assert (second.port, second.platform, second.key, second.labels) == (
            2222,
            "cisco_ios",
            "/keys/id_ed25519",
            {"site": "Bern"},
        )


def test_secrets_never_come_out():
    inventory = netsnap.Inventory(DEVICES)
    assert "hunter2" not in f"{inventory!r} {list(inventory)} {inventory._native.json()}"


def test_devices_are_chosen_by_name():
    inventory = netsnap.Inventory(DEVICES)
    assert inventory.select("r2", "r1").names == ["r2", "r1"]
    with pytest.raises(netsnap.NotFoundError):
        inventory.select("r3")


@pytest.mark.parametrize(
    "devices", [[{"name": "r1"}], [DEVICES[0], DEVICES[0]], [DEVICES[0] | {"pasword": "x"}], [DEVICES[0] | {"port": 0}]]
)
def test_what_cannot_be_used_is_refused(devices):
    with pytest.raises(netsnap.InvalidInputError):
        netsnap.Inventory(devices)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(netsnap.InvalidInputError) as caught:
        netsnap.load_inventory(tmp_path / "nowhere.json")
    assert caught.value.context["path"].endswith("nowhere.json")
