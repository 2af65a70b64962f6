"""Rows of COPY TO STDOUT as they come, without psycopg's generator around each of them."""

from __future__ import annotations

import select
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import pq


def copy_lines(raw: psycopg.Connection[Any], statement: str) -> Iterator[memoryview]:
    """One memoryview a row, line feed included; raises psycopg's error when the server fails.

    psycopg's own `copy.read()` runs a generator and a wait for every row, which makes a million
    rows twice as slow as psql. Here rows that libpq already holds are taken at once, and the
    thread waits on the socket (without the interpreter's lock) only when there are none.
    """
    link = raw.pgconn
    link.send_query(statement.encode())
    waiting = select.poll()
    waiting.register(link.socket, select.POLLIN)
    try:
        _expect(link, waiting, pq.ExecStatus.COPY_OUT)
        while True:
            size, line = link.get_copy_data(1)
            if size > 0:
                yield line
            elif size == 0:
                waiting.poll()
                link.consume_input()
            else:
                break
        _expect(link, waiting, pq.ExecStatus.COMMAND_OK)
        while link.get_result() is not None:
            pass
    except BaseException:
        # Left midway (the reader went away, or the server failed): this connection is not to be
        # used again.
        link.finish()
        raise


def _expect(link: pq.abc.PGconn, waiting: select.poll, wanted: pq.ExecStatus) -> None:
    while link.is_busy():
        waiting.poll()
        link.consume_input()
    result = link.get_result()
    if result is None or result.status != wanted:
        message = link.get_error_message() if result is None else result.get_error_message()
        raise psycopg.OperationalError(message)
