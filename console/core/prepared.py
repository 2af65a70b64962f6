"""Querysets compiled once: for the few that every request of the API runs.

Django builds and compiles a query anew each time, which costs more than a small query itself. A
prepared one keeps SQL and converters for each connection and only binds its parameters.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

NUMBER: Final = -8_765_432_109
"""Stands for a whole number while compiling."""
TEXT: Final = "\ufffdparameter\ufffd"
"""Stands for a text while compiling."""
_MARKS: Final = tuple(NUMBER - n for n in range(4)) + tuple(f"{TEXT}{n}" for n in range(4))


def number(position: int) -> int:
    """The mark of the parameter at `position` (from 0), when it is a whole number."""
    return NUMBER - position


def text(position: int) -> str:
    """The mark of the parameter at `position`, when it is a text."""
    return f"{TEXT}{position}"


class Prepared:
    """A `.values_list()` or `.values()` queryset whose parameters are marks.

    `make` builds it once for each connection; `rows` runs it (one query) and gives plain tuples
    with Python values, in the order of the columns. With `paged`, two more parameters come last:
    how many rows, and how many to skip.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], *, paged: bool = False) -> None:
        self._make, self._paged = make, paged
        self._kept = threading.local()

    def rows(self, *given: Any) -> list[Sequence[Any]]:
        """The rows for these parameters."""
        kept = getattr(self._kept, "query", None)
        if kept is None or kept[0] is not connection.connection:
            connection.ensure_connection()
            kept = self._kept.query = (connection.connection, *self._compile())
        _, sql, places, converters, compiler = kept
        values = [given[place] if place is not None else one for place, one in places]
        if self._paged:
            values += given[-2:]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found

    def names(self) -> list[str]:
        """The columns' names, as `.values()` gives them."""
        names: list[str] = list(self._make().query.values_select)
        return names

    def _compile(self) -> tuple[str, list[tuple[int | None, Any]], Any, Any]:
        query = self._make().query
        compiler: Any = query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        places = [(_place(one), one) for one in values]
        return sql + (" LIMIT %s OFFSET %s" if self._paged else ""), places, converters, compiler


def _place(value: Any) -> int | None:
    return _MARKS.index(value) % 4 if value in _MARKS else None
