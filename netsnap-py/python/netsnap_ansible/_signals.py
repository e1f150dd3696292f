"""What happens to the record when the playbook is stopped?

Ctrl-C becomes an exception, and Ansible ends in order. SIGTERM ends the process at once: there is just the time to write the end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any


def watch(number: int, on_signal: Callable[[], object]) -> None:
    """Calls a function when a signal comes to this process, before whoever was to handle it. Forked workers are left alone."""
    owner, before = os.getpid(), signal.getsignal(number)
    if before in (signal.SIG_IGN, None) or threading.current_thread() is not threading.main_thread():
        return

    def handle(received: int, frame: Any) -> None:
        if os.getpid() == owner:
            on_signal()
        if callable(before):
            before(received, frame)
        else:
            signal.signal(received, signal.SIG_DFL)
            os.kill(os.getpid(), received)

    signal.signal(number, handle)
