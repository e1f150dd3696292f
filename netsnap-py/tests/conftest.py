"""What the tests share: stores of every kind, and a device that never answers."""

import pathlib
import socket

import netsnap
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"


def store(kind, folder):
    """Returns the address of a new store of a kind."""
    addresses = {"memory": "memory:", "files": folder / "data", "sqlite": f"sqlite:{folder / 'runs.db'}"}
    return addresses[kind]


@pytest.fixture(params=["memory", "files", "sqlite"])
def url(request, tmp_path):
    return store(request.param, tmp_path)


@pytest.fixture
def engine(url):
    with netsnap.open(url) as engine:
        yield engine


@pytest.fixture
def silent():
    """A device whose port accepts and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield [
            {
                "name": "silent",
                "host": "127.0.0.1",
                "port": server.getsockname()[1],
                "username": "nobody",
                "password": "hunter2",
                "platform": "frr",
            }
        ]
