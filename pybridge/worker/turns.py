"""Whose turn it is to read.

Jobs run at the same time, and most of them without a change of threads: the thread that reads a job also runs it, and
goes on reading unless the job has to wait for something. Then another thread reads on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

#: What a thread does for one frame.
Job: TypeAlias = Callable[[], None]


class Turns:
    """The threads that read jobs and run them; one at a time reads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._local = threading.local()
        self._counting = threading.Lock()
        self._idle = 0
        self._running = 0
        self._ended = threading.Event()

    def begin(self, next_job: Callable[[], Job | None]) -> None:
        """Start the first thread.

        Args:
            next_job: Reads the next job; None at the end.
        """
        self._next_job = next_job
        self._start()

    def end(self) -> None:
        """Read no more. What runs goes on, and whoever is reading does not notice."""
        self._ended.set()

    def wait(self) -> None:
        """Wait for the end."""
        self._ended.wait()

    def hand_over(self) -> None:
        """Give the turn to read to another thread, as this one is about to wait; for the second time it is gone."""
        if getattr(self._local, "reads", False):
            self._local.reads = False
            if not self._idle:
                self._start()
            self._turn.release()

    def _start(self) -> None:
        threading.Thread(target=self._take_turns, daemon=True).start()

    def _take_turns(self) -> None:
        """Wait for the turn to read; then read jobs and run them, until one of them has handed the turn over."""
        while True:
            self._add_idle(1)
            self._turn.acquire()
            self._add_idle(-1)
            self._local.reads = True
            while self._local.reads:
                job = None if self._ended.is_set() else self._next_job()
                if job is None:
                    self.end()
                    return
                if self._running:  # it may have to wait for another one: for the token that both want
                    self.hand_over()
                self._run(job)

    def _add_idle(self, change: int) -> None:
        with self._counting:
            self._idle += change

    def _run(self, job: Job) -> None:
        """Run a job; it counts until its thread is done with it, cancelled or not."""
        with self._counting:
            self._running += 1
        try:
            job()
        finally:
            with self._counting:
                self._running -= 1
