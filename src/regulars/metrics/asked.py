"""What an analysis asked of the engine, so that its answer can print the SQL behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import ibis.expr.types as ir

from regulars.kernel.errors import InputError
from regulars.metrics.plan import Recipe
from regulars.metrics.sql import full_sql

if TYPE_CHECKING:
    from regulars.metrics.analysis import Analysis


@dataclass(eq=False)
class Asked:
    """Queries in the order in which they were asked, each once; `recipes` of the prepared tables that they read."""

    dialect: str
    queries: list[ir.Table] = field(default_factory=list)
    recipes: dict[str, Recipe] = field(default_factory=dict)

    def hear(self, query: ir.Table) -> None:
        """Write a query down, once."""
        if not any(query.equals(known) for known in self.queries):
            self.queries.append(query)

    def sql(self, dialect: str = "") -> str:
        """One statement a query, each from the fact tables up."""
        count = len(self.queries)
        texts = [full_sql(query, self.recipes, dialect or self.dialect) for query in self.queries]
        return ";\n\n".join(f"-- query {n} of {count}\n{text}" for n, text in enumerate(texts, start=1))


@dataclass(frozen=True)
class Answered:
    """An answer that knows what was asked for it."""

    _asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)

    def sql(self, *, dialect: str = "") -> str:
        """The SQL of all queries behind this answer; `dialect`: duckdb or pyspark (default: the engine's).

        The sums come back to Python, which divides them: no single statement gives the answer as it stands here.
        """
        if self._asked is None:
            raise InputError("nothing was asked for this answer.", do="Ask an open shop for it.")
        return self._asked.sql(dialect)


P = ParamSpec("P")
A = TypeVar("A", bound=Answered)


@contextmanager
def listening(analysis: Analysis) -> Iterator[Asked]:
    """Within it, what the analysis asks is written down, also where the answer was remembered."""
    asked = Asked(analysis.engine.dialect)
    analysis.listeners.append(asked)
    try:
        yield asked
    finally:
        analysis.listeners.remove(asked)
        asked.recipes = analysis.recipes()


def heard(
    question: Callable[Concatenate[Analysis, P], A],
) -> Callable[Concatenate[Analysis, P], A]:
    """Let the answers of a question know what was asked for them."""

    @wraps(question)
    def ask(analysis: Analysis, /, *args: P.args, **kwargs: P.kwargs) -> A:
        with listening(analysis) as asked:
            answer = question(analysis, *args, **kwargs)
        return replace(answer, _asked=asked)

    return ask
