"""What the tests share: stores of every kind, and a device that never answers."""

import importlib
import os
import pathlib
import signal
import socket

import netsnap
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"


# Who is started behind a shell is born deaf to Ctrl-C, and then waits for ever where tests press it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def store(kind, folder):
    """Returns the address of a new store of a kind."""
    addresses = {"memory": "memory:", "files": folder / "data", "sqlite": f"sqlite:{folder / 'runs.db'}"}
    return addresses[kind]


def skip(why):
    """Says why something does not run here; fails where everything must."""
    if "NETSNAP_TEST_EVERYTHING" in os.environ:
        pytest.fail(f"this has to run here, and cannot: {why}", pytrace=False)
    pytest.skip(why, allow_module_level=True)


def need(module, package):
    """Leaves out the tests of a file where a module is missing."""
    try:
        importlib.import_module(module)
    except ImportError:
        skip(f"{package} is not installed (pip install 'netsnap[test]')")


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
