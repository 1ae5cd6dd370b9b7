"""What a source calls its customers. Only asked where the reader wants people named; nothing of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from regulars.lake.engines import DuckEngine
from regulars.notebook.shop import Shop
from regulars.sources import LocalResolver, MemoryResolver, Resolver


def names_of(shop: Shop, customers: Sequence[int], lake: Path | None) -> Mapping[int, str]:
    """What each customer is called: the source's id, else the e-mail address or telephone number."""
    engine = shop.analysis.engine
    if not isinstance(engine, DuckEngine):
        return {}
    beside: Resolver = LocalResolver.beside(lake.absolute()) if lake else MemoryResolver()
    engine.put("asked_names", pa.table({"customer": pa.array(customers, pa.int64())}))
    with beside.session(engine.con) as book:
        book.called("asked_names", "found_names")
        rows = engine.con.execute("SELECT customer, name FROM found_names").fetchall()
    return dict(rows)
