"""Processes that end when whoever started them is gone, even by `kill -9`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def ending_with_parent() -> Callable[[], None] | None:
    """What a child runs before its program: the kernel then ends it (SIGTERM) with its parent.

    Linux only; None elsewhere, where a killed parent leaves its children running. The thread that
    starts the child counts as its parent, so it must live as long as the process.
    """
    if sys.platform != "linux":
        return None
    # Loaded here: between fork and exec a child must load nothing.
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)

    return ask
