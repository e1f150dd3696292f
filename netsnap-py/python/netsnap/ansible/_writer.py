"""How is a run written without the playbook waiting for it?

One thread tells the process that writes. Whoever has something to record hands it over and goes on; when too much waits already, or a write
fails, it is left out and counted, and the run ends with a mark that says how much is missing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

Work = Callable[[Any], object]


class Writer:
    """The writing thread of one run."""

    def __init__(self, begin: Callable[[], Any], close: Callable[[], object], limit: int) -> None:
        # Its put() may be interrupted by a signal handler that puts something itself.
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._begin, self._close, self._limit = begin, close, limit
        self._ending: tuple[str, str | None] | None = None
        self._hurry = False
        self._done = threading.Event()
        self.missing = 0
        self.problem: str | None = None
        self._thread = threading.Thread(target=self._run, name="netsnap", daemon=True)
        self._thread.start()

    def put(self, work: Work) -> None:
        """Hands something over. When too much waits, it is left out."""
        if self._queue.qsize() >= self._limit:
            self.lost("the store is too slow: more than it could take was waiting")
        else:
            self._queue.put(work)

    def put_in_any_case(self, work: Work) -> None:
        """Hands something over that is small and that the run would not be understood without."""
        self._queue.put(work)

    def lost(self, problem: str) -> None:
        """Counts something that is missing in the record, and keeps the first reason."""
        self.missing += 1
        self.problem = self.problem or problem

    def end(self, status: str, reason: str | None) -> None:
        """Says how the run ends, behind everything handed over before. What is handed over after it is not written."""
        if self._ending is None:
            self._ending = (status, reason)
            self._queue.put(None)

    def wait(self, seconds: float) -> bool:
        """Waits until the end is written, and says whether it is.

        For the first half of the time everything is written; then what waits is left out, so that at least the end gets there.
        """
        until = time.monotonic() + seconds
        if not self._done.wait(seconds / 2):
            self._hurry = True
        return self._done.wait(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        try:
            self._write(self._recorder())
        finally:
            self._done.set()
            self._guarded(self._close)

    def _recorder(self) -> Any:
        try:
            return self._begin()
        except Exception as error:
            self.lost(f"the run could not begin: {error}")
            return None

    def _write(self, recorder: Any) -> None:
        while (work := self._queue.get()) is not None:
            if recorder is None or self._hurry:
                self.lost("the time to write what was waiting was over")
                continue
            try:
                work(recorder)
                self.problem = self.problem or recorder.complaint()
            except Exception as error:
                self.lost(str(error))
        if recorder is not None:
            self._guarded(lambda: self._finish(recorder))

    def _finish(self, recorder: Any) -> None:
        status, reason = self._ending or ("interrupted", None)
        missing, problem = recorder.settled()
        self.missing += missing
        self.problem = self.problem or problem
        if self.missing:
            recorder.incomplete(f"{self.missing} entries are missing: {self.problem}")
        recorder.finish(status, reason=reason)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            self.lost(str(error))
