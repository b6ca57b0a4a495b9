"""Says what is being done, and how many seconds it took."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

BEAT = 2.0
"""Seconds between two dots, which show that a long step is running."""


@contextmanager
def step(doing: str) -> Iterator[None]:
    """`Deploying the stack ....  9.8 s` on one line; a failure ends the line and goes on."""
    print(f"{doing} ", end="", flush=True)
    started = time.monotonic()
    ended = threading.Event()
    beat = threading.Thread(target=_beat, args=(ended,), daemon=True)
    beat.start()
    outcome = "failed after"
    try:
        yield
        outcome = ""
    finally:
        ended.set()
        beat.join()
        print(f" {outcome} {time.monotonic() - started:.1f} s".replace("  ", " "), flush=True)


def _beat(ended: threading.Event) -> None:
    while not ended.wait(BEAT):
        sys.stdout.write(".")
        sys.stdout.flush()
