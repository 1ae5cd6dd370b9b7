"""The columns that rules may use: each has a type and comes from a provider, an expression with one row a customer.

A context of the platform registers its own (consent, tier, tag) as an Arrow table keyed by customer number:
`STANDARD.with_rows("consents", table, columns)`. It is joined at evaluation and never stored in the lake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics.analysis import Analysis

Type = Literal["whole", "number", "share", "money", "day", "text", "flag"]

# Sign or word -> whether a column of the type takes it. `is missing` goes with every type.
ALLOWED: dict[Type, tuple[str, ...]] = {
    "whole": ("=", "!=", "<", "<=", ">", ">=", "between", "in"),
    "number": ("=", "!=", "<", "<=", ">", ">=", "between", "in"),
    "share": ("=", "!=", "<", "<=", ">", ">=", "between", "in"),
    "money": ("=", "!=", "<", "<=", ">", ">=", "between", "in"),
    "day": ("=", "!=", "before", "after", "between", "in"),
    "text": ("=", "!=", "in"),
    "flag": ("=", "!="),
}
_ARROW: dict[Type, str] = {
    "whole": "int64",
    "number": "float64",
    "share": "float64",
    "money": "decimal(18, 4)",
    "day": "date",
    "text": "string",
    "flag": "boolean",
}


@dataclass(frozen=True)
class RuleColumn:
    """One column. `words` name it in a sentence; `absent`: what it is for a customer whom the provider does not list
    (None: missing); `one_of`: the only values that a text may have."""

    name: str
    type: Type
    words: str
    absent: int | bool | str | None = None
    one_of: tuple[str, ...] = ()

    @property
    def ibis(self) -> str:
        return _ARROW[self.type]


@dataclass(frozen=True)
class Provider:
    """Columns from one expression: `build(analysis)` has `customer`, once each, and the columns by name."""

    name: str
    columns: tuple[RuleColumn, ...]
    build: Callable[[Analysis], ir.Table] = field(compare=False)


@dataclass(frozen=True)
class Registry:
    """All columns that rules may use, by provider. Names are unique."""

    providers: tuple[Provider, ...]

    def __post_init__(self) -> None:
        names = [column.name for provider in self.providers for column in provider.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"rule columns registered twice: {', '.join(twice)}")

    @property
    def columns(self) -> dict[str, RuleColumn]:
        return {column.name: column for provider in self.providers for column in provider.columns}

    def provider_of(self, name: str) -> Provider:
        return next(p for p in self.providers for column in p.columns if column.name == name)

    def with_provider(self, provider: Provider) -> Registry:
        """This registry and one provider more."""
        return Registry((*self.providers, provider))

    def with_rows(self, name: str, rows: pa.Table, columns: tuple[RuleColumn, ...]) -> Registry:
        """This registry and an Arrow table with `customer` (whole number, once each) and these columns.

        `name` must be free in the engine: letters, digits, underscores.
        """
        schema = {"customer": "int64", **{column.name: column.ibis for column in columns}}
        typed = rows.select(list(schema)).cast(ibis.schema(schema).to_pyarrow())

        def build(analysis: Analysis) -> ir.Table:
            analysis.engine.put(name, typed)
            return ibis.table(schema, name=name)

        return self.with_provider(Provider(name, columns, build))
