"""How is a run written without the playbook waiting for it?

One thread tells the process that writes, ten times a second at most: to wake this thread and that process for each entry costs a playbook
more than what there is to record. Whoever has something to record hands it over and goes on; when too much waits already, or a write
fails, it is left out and counted, and the run ends with a mark that says how much is missing.
"""

from __future__ import annotations

import functools
import itertools
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

Work = Callable[[Any], object]

# How long what was handed over waits for what comes with it, in seconds.
_PAUSE = 0.1
# More than come in a second. With a short queue the pause is so short that it is not filled meanwhile.
_ENTRIES = 40_000


class Writer:
    """The writing thread of one run."""

    def __init__(self, begin: Callable[[], Any], close: Callable[[], object], limit: int) -> None:
        # Its put() may be interrupted by a signal handler that puts something itself.
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._begin, self._close, self._limit = begin, close, limit
        self._ending: tuple[str, str | None] | None = None
        self._hurry = False
        # Let go once, at the end. An event has a lock of its own, at which a signal handler could wait for whom it interrupted.
        self._pause = threading.Lock()
        self._pause.acquire()
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
            self._pause.release()

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
        is_over = False
        while not is_over:
            works, is_over = self._gathered()
            self._pass_on(recorder, works)
        if recorder is not None:
            self._guarded(lambda: self._finish(recorder))

    def _gathered(self) -> tuple[list[Work], bool]:
        """Waits until something is handed over, and a moment longer, and says whether that was the last."""
        found = [self._queue.get()]
        self._pause.acquire(timeout=min(_PAUSE, self._limit / _ENTRIES))
        # Nobody else takes anything out.
        found.extend(self._queue.get() for _ in range(self._queue.qsize()))
        works = list(itertools.takewhile(lambda work: work is not None, found))
        return [work for work in works if work is not None], len(works) < len(found)

    def _pass_on(self, recorder: Any, works: list[Work]) -> None:
        for work in works:
            if recorder is None or self._hurry:
                self.lost("the time to write what was waiting was over")
            else:
                self._guarded(functools.partial(work, recorder))
        if recorder is not None:
            self._guarded(recorder.send)
            self._guarded(lambda: self._heed(recorder))

    def _heed(self, recorder: Any) -> None:
        self.problem = self.problem or recorder.complaint()

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
