"""Who writes a run, while the playbook goes on? A process of its own.

A playbook forks a worker for each task on each host. Every fork copies what the forking process has mapped, and waits for all of its
threads on other processors: with an engine in it, each fork would be dearer than what there is to record. So the engine lives
in another process, which is told what happened, in order, and answers only when something went wrong and when it is asked.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from netsnap.models import DeviceSummary

# So many bytes at most wait to be sent. What is on its way to a slow store cannot be left out any more when the time is over, and the
# pipe itself holds 65,536 bytes (Linux).
_LONGEST = 16_384
_PROGRAM = "from netsnap_ansible import _scribe; _scribe.main()"


class Scribe:
    """The other process. It has the verbs of a recorder; what fails of them is told later.

    It is started by the thread that forks the workers: what another thread is about to open would be inherited by them.
    """

    def __init__(self) -> None:
        packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._waiting = bytearray()
        paths = [packages, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread does what there is to do; more would only wake each other, on processors that the playbook needs.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TOKIO_WORKER_THREADS": "1"},
            # Ctrl-C at the terminal and signals to a group are for the playbook, which says how the run ends.
            start_new_session=True,
            # What has a buffer has a lock, and the close below would wait for ever for one that another thread held at the fork.
            bufsize=0,
        )
        assert isinstance(self._process.stdin, io.FileIO) and isinstance(self._process.stdout, io.FileIO)
        self._told, self._answers = self._process.stdin, io.BufferedReader(self._process.stdout)
        # When the playbook is killed, its workers may live on: the end of what is told must not wait for theirs.
        os.register_at_fork(after_in_child=self._told.close)

    def begin(self, store: str, name: str, beginning: Mapping[str, Any]) -> None:
        """Begins the run, and waits until it has begun."""
        self._tell("begin", store, name, **beginning)
        problem = self._answer()
        if problem is not None:
            raise RuntimeError(problem)

    def event(self, *arguments: Any, **options: Any) -> None:
        """Records an event."""
        self._tell("event", *arguments, **options)

    def output(self, *arguments: Any, **options: Any) -> None:
        """Records an output."""
        self._tell("output", *arguments, **options)

    def add_devices(self, *arguments: Any, **options: Any) -> None:
        """Adds devices to those of the run."""
        self._tell("add_devices", *arguments, **options)

    def device_result(self, *arguments: Any, **options: Any) -> None:
        """Records how a device ended."""
        self._tell("device_result", *arguments, **options)

    def incomplete(self, *arguments: Any, **options: Any) -> None:
        """Says that something is missing."""
        self._tell("incomplete", *arguments, **options)

    def finish(self, *arguments: Any, **options: Any) -> None:
        """Ends the run, and waits until it has ended."""
        self._tell("finish", *arguments, **options)
        missing, problem = self.settled()
        if missing:
            raise RuntimeError(problem)

    def complaint(self) -> str | None:
        """Returns what went wrong first, when it has just gone wrong."""
        ready, _, _ = select.select([self._answers], [], [], 0)
        return self._answer() if ready else None

    def settled(self) -> tuple[int, str | None]:
        """Waits until everything is written that was told, and returns how much of it could not be since the last time, and why."""
        self._tell("settle")
        answer = self._answer()
        # A complaint may stand in front of the answer.
        missing, problem = answer if isinstance(answer, tuple) else self._answer()
        return missing, problem

    def kill(self) -> None:
        """Ends the process at once, whatever it waits for. Its run is found as interrupted by whoever opens the store next."""
        self._process.kill()

    def close(self) -> None:
        """Lets the process go. A run that was not finished is interrupted."""
        # Said, because a worker that was forked during the close below holds the pipe open until it ends.
        with contextlib.suppress(RuntimeError):
            self._tell("leave")
            self.send()
        self._told.close()
        self._process.wait()
        self._answers.close()

    def send(self) -> None:
        """Sends what waits. Entries are told one by one and sent together."""
        told, self._waiting = memoryview(self._waiting), bytearray()
        try:
            while told:
                told = told[os.write(self._told.fileno(), told) :]
        except OSError as error:
            raise RuntimeError(f"the process that writes the run is gone: {error}") from None

    def _tell(self, verb: str, *arguments: Any, **options: Any) -> None:
        self._waiting += pickle.dumps((verb, arguments, options), pickle.HIGHEST_PROTOCOL)
        if len(self._waiting) > _LONGEST:
            self.send()

    def _answer(self) -> Any:
        """Sends what waits, and waits for what is said to it."""
        self.send()
        try:
            return pickle.load(self._answers)
        except EOFError:
            raise RuntimeError("the process that writes the run is gone") from None


class _Desk:
    """The place where the other process works."""

    def __init__(self, told: BinaryIO, answers: BinaryIO) -> None:
        self._told, self._answers = told, answers
        self._recorder: Any = None
        self._missing = 0
        self._problem: str | None = None
        self._has_complained = False

    def serve(self) -> None:
        """Does what it is told until nobody is there to tell it anything."""
        import netsnap

        _, (store, name), beginning = pickle.load(self._told)
        devices = _summaries(beginning.pop("devices"))
        try:
            engine = netsnap.open(store)
            self._recorder = engine.begin(name, devices=devices, **beginning)
        except Exception as error:
            self._say(str(error))
            return
        self._say(None)
        # The playbook may be gone without a word. A run that it did not finish ends as interrupted.
        with contextlib.suppress(EOFError, BrokenPipeError):
            while (told := pickle.load(self._told))[0] != "leave":
                self._do(*told)
        self._recorder = None
        engine.close()

    def _do(self, verb: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        if verb == "settle":
            self._say((self._missing, self._problem))
            self._missing, self._problem = 0, None
            return
        if verb == "add_devices":
            arguments = tuple(map(_summaries, arguments))
        try:
            getattr(self._recorder, verb)(*arguments, **options)
        except Exception as error:
            self._missing += 1
            self._problem = self._problem or str(error)
            self._complain()

    def _complain(self) -> None:
        if not self._has_complained:
            self._has_complained = True
            self._say(self._problem)

    def _say(self, answer: Any) -> None:
        pickle.dump(answer, self._answers, pickle.HIGHEST_PROTOCOL)
        self._answers.flush()


def _summaries(devices: Iterable[Mapping[str, Any]]) -> list[DeviceSummary]:
    """Makes what crossed as plain data what the engine takes."""
    from netsnap.models import DeviceSummary

    return [DeviceSummary(**device) for device in devices]


def main() -> None:
    """Is the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Desk(sys.stdin.buffer, sys.stdout.buffer).serve()
