"""Orders with a list of their lines inside (JSON), laid out with a row a line, so that recognition sees them as any lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from regulars.lake.engines.duck import literal, quoted
from regulars.sources.formats.generic.columns import NUMBERS_INSIDE, level_inside
from regulars.sources.formats.generic.vocabulary import taken_apart
from regulars.sources.loading.ask import one
from regulars.sources.loading.written import point_of
from regulars.sources.mapping.model import Mapping, Value
from regulars.sources.reading.raw import RawColumn, RawTable

_HEAD = 1000
_KEY = re.compile(r"\w+")  # others would need quotes in a path
_OTHER = re.compile(
    r"ship|freight|deliver|fulfil|tax|vat|fee|discount|coupon|promotion|refund|return|payment|transaction|note|address|history"
)


@dataclass(frozen=True)
class Unfolded:
    """`raw`: the file with a row a line. `each`: the column with the lists. `inside`: the columns that came out of it."""

    raw: RawTable
    each: str
    inside: frozenset[str]

    def folded(self, con: duckdb.DuckDBPyConnection, mapping: Mapping) -> Mapping | None:
        """The mapping as one of the file itself; None where it does not make lines of what is inside."""
        (feed,) = mapping.feeds[:1]
        number, lines = feed.value("order_id"), dict(feed.lines)
        if len(mapping.feeds) > 1 or number is None or number.how != "column" or "product" not in lines:
            return None
        if not any(part in self.inside for part in lines["product"].parts):
            return None
        numbers = [p for name, v in feed.lines if name in NUMBERS_INSIDE for p in v.parts if p in self.inside]
        if any(point_of(con, self.raw, part) for part in numbers):  # texts with a comma need a look each
            return None
        made = replace(
            feed, each=self.each, columns=self._renamed(feed.columns), lines=self._renamed(feed.lines)
        )
        return replace(mapping, feeds=(made,))

    def _renamed(self, pairs: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
        cut = len(self.each)
        return tuple(
            (name, replace(v, parts=tuple("each" + p[cut:] if p in self.inside else p for p in v.parts)))
            for name, v in pairs
        )


def unfold(con: duckdb.DuckDBPyConnection, raw: RawTable) -> Unfolded | None:
    """The list in which lines are recognised by a product and its quantity, price or amount; None where there is none."""
    texts = [column.name for column in raw.columns if column.is_text]
    chosen = ", ".join(f"{quoted(name)}" for name in texts)
    rows = (
        con.execute(f"SELECT {chosen} FROM {quoted(raw.relation)} LIMIT {_HEAD}").fetchall() if texts else []
    )
    best: tuple[int, str, list[str]] | None = None
    for place, name in enumerate(texts):
        keys = _keys([row[place] for row in rows]) if not _OTHER.search(name.casefold()) else []
        said = _said(keys)
        if best is None or said > best[0]:
            best = (said, name, keys)
    if best is None or not best[0] or not _sound(con, raw, best[1]):
        return None
    return _laid_out(con, raw, best[1], best[2])


def _keys(values: list[str | None]) -> list[str]:
    """The fields of the objects in a column of JSON lists, as paths; empty where a value is anything else."""
    keys: dict[str, None] = {}
    for value in values:
        if not value:
            continue
        items = _items(value)
        if items is None:
            return []
        for item in items:
            keys.update(dict.fromkeys(_paths(item)))
    return list(keys)


def _items(value: str) -> list[dict[str, Any]] | None:
    if not value.lstrip().startswith("["):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(item, dict) for item in found) else None


def _paths(item: dict[str, Any], deeper: bool = True) -> Iterator[str]:
    for key, value in item.items():
        if not _KEY.fullmatch(key):
            continue
        if isinstance(value, dict) and deeper:
            yield from (f"{key}.{inner}" for inner in _paths(value, deeper=False))
        elif not isinstance(value, dict | list):
            yield key


def _said(keys: list[str]) -> int:
    """How many fields of a line these keys name, if they make a line at all."""
    names = ("product", "product_name", "quantity", "price", "amount")
    found = {n for n in names for key in keys if level_inside(n, taken_apart(key)[0]) is not None}
    return len(found) if found & set(names[:2]) and found & set(names[2:]) else 0


def _sound(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> bool:
    """Whether all rows can be taken apart, not only the first ones."""
    x = quoted(column)
    broken, lists = one(
        con,
        f"SELECT count(*) FILTER (NOT json_valid({x})), count(*) FILTER (json_valid({x})) FROM {quoted(raw.relation)} WHERE {x} IS NOT NULL",
    )
    return bool(lists) and not broken


def _laid_out(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str, keys: list[str]) -> Unfolded | None:
    named = {f"{column}.{key}": key for key in keys}
    if named.keys() & set(raw.names):
        return None
    fields = ", ".join(
        f"json_extract_string(e.item, {literal('$.' + key)}) AS {quoted(name)}" for name, key in named.items()
    )
    relation = f"{raw.relation}_lines"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(relation)} AS SELECT r.*, {fields} FROM {quoted(raw.relation)} r "
        f"LEFT JOIN unnest(json_extract(r.{quoted(column)}, '$[*]')) AS e(item) ON true"
    )
    kept = tuple(one for one in raw.columns if one.name != column)
    columns = tuple(RawColumn(name, key) for name, key in named.items())
    return Unfolded(replace(raw, relation=relation, columns=(*kept, *columns)), column, frozenset(named))
