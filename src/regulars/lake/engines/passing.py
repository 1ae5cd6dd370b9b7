"""A table that an engine knows for as long as a question takes, under a name that no other question has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.engines.base import Engine

_NUMBERS = count(1)


@contextmanager
def passing(engine: Engine, stem: str, rows: pa.Table) -> Iterator[ir.Table]:
    """The rows as a table of the engine named `stem` and a number, gone afterwards: two at once do not see each other's."""
    name = f"{stem}_{next(_NUMBERS)}"
    engine.put(name, rows)
    try:
        yield ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=name)
    finally:
        engine.drop(name)
