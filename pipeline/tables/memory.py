"""How the process deals with memory that it no longer needs."""

from __future__ import annotations

import ctypes
import sys

ARENA_MAX, MMAP_MAX, TRIM_THRESHOLD = -8, -4, -1  # as <malloc.h> has them
NEVER = -1


def keep_freed() -> None:
    """Keep freed memory for what is allocated next, where the C library is glibc.

    As it is, glibc hands the memory of every large table back at once, and the kernel has to find and clear
    new pages for the next one: a quarter of the CPU time of a stage that makes one table out of another. Here
    all threads share one heap that never shrinks. The process ends with its largest size, which hardly
    changes. To be called before the first large table.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, NEVER)
        mallopt(ARENA_MAX, 1)
