"""The embedded broker: messages are files in a folder.

kombu's own transport opens the file under its final name and then writes it, so a reader may take
an empty message and lose it. Here a message is written under a name that no reader looks at and
renamed into place, which is atomic.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """A folder of messages, published by atomic rename and taken by atomic rename."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed: dict[str, deque[str]] = {}

    def _put(  # type: ignore[override]  # kombu disagrees with itself
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        folder.mkdir(parents=True, exist_ok=True)  # somebody may have emptied the broker
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        draft = folder / f".{name}"
        draft.write_text(json.dumps(payload), encoding="utf-8")
        draft.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in self._oldest_first(queue):
            taken = folder / f".taken-{name}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another worker took it
            try:
                payload = taken.read_text(encoding="utf-8")
                taken.unlink()
            except FileNotFoundError:
                continue  # the broker was emptied; the relay will wake the row again
            return json.loads(payload)
        raise Empty

    def _oldest_first(self, queue: str) -> Iterator[str]:
        """Takes names from the last list of the folder, and reads it again when none is left.

        Later messages have later names. A list for each message would make a long line endless.
        """
        listed = self._listed.setdefault(queue, deque())
        while listed:
            yield listed.popleft()
        listed.extend(self._waiting(queue))
        while listed:
            yield listed.popleft()

    def _waiting(self, queue: str) -> list[str]:
        """Names of the queue's messages, oldest first; none when the folder itself is gone."""
        ending = f".{queue}.msg"
        try:
            return sorted(
                entry.name
                for entry in os.scandir(self.data_folder_in)
                if entry.name.endswith(ending) and not entry.name.startswith(".")
            )
        except FileNotFoundError:
            return []

    def _size(self, queue: str) -> int:
        # Declaring a queue asks this; kombu's own answer raises where the folder is gone, and then
        # nobody could publish, which is what makes the folder again.
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        names = self._waiting(queue)
        for name in names:
            (Path(self.data_folder_in) / name).unlink(missing_ok=True)
        return len(names)

    # Every message names its queue (the anonymous exchange), so no table of bindings is kept:
    # kombu's is a file that one process may read while another is half through writing it.

    def _queue_bind(self, *binding: str | None) -> None: ...

    def get_table(self, exchange: str) -> list[Any]:
        """No bindings (one constant, no file read)."""
        return []

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)


class Transport(filesystem.Transport):
    """kombu's file-system transport over our channel, polled ten times a second."""

    Channel = Channel
    polling_interval = 0.1
