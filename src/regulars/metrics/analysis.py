"""One analysis: an engine with facts, definitions, an as-of day. Prepares what counts, then answers figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from threading import RLock

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.kernel.periods import Grain, Period, add_months, standard
from regulars.lake.engines import Engine
from regulars.lake.tables import TABLES
from regulars.metrics import dimensions
from regulars.metrics.answers import Group, answer
from regulars.metrics.asked import Asked
from regulars.metrics.calendar import Calendar
from regulars.metrics.counted import ATTRIBUTES
from regulars.metrics.coverage import Coverage, coverage_of
from regulars.metrics.dimensions import By, Dimension
from regulars.metrics.facts import what_is_there, with_rows
from regulars.metrics.figures import Family, Figure, Row
from regulars.metrics.plan import Plan, Recipe, names_in
from regulars.metrics.sql import full_sql

Splits = Iterable[str | Dimension]
_Groups = dict[tuple[str, tuple[str, ...]], Group]

_REMEMBERED_ROWS = 10_000  # larger answers are not kept


@dataclass
class Analysis:
    """Figures from the facts that `engine` knows. Definitions must have their window and currency settled.

    `converted`, `merged`, `contract`, `with_margin`: see `Plan`. `Analysis.of` finds them in the facts. Tables are
    prepared once and kept in the engine under the names in metrics/plan.py.
    """

    engine: Engine
    definitions: Definitions
    as_of: date
    coverage: Coverage
    lake_version: int | None = None
    converted: bool = False
    merged: bool = False
    contract: bool = False
    with_margin: bool = False
    _prepared: set[str] = field(default_factory=set, repr=False)
    _recipes: dict[str, Recipe] = field(default_factory=dict, repr=False)
    _calendars: dict[str, Calendar] = field(default_factory=dict, repr=False)
    _answers: dict[ops.Node, pa.Table] = field(default_factory=dict, repr=False)
    _making: RLock = field(default_factory=RLock, repr=False, compare=False)
    listeners: list[Asked] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def of(
        cls,
        engine: Engine,
        definitions: Definitions,
        *,
        as_of: date | None = None,
        lake_version: int | None = None,
    ) -> Analysis:
        """An analysis of the facts as they are; `as_of` None: the day after the last covered day.

        Fact tables must be known to the engine under their names, empty ones too; `fx_factors` where several
        currencies are used.
        """
        coverage = coverage_of(engine, definitions)
        day = as_of or coverage.last + timedelta(days=1)
        found = what_is_there(engine, definitions)
        return cls(engine, definitions, day, coverage, lake_version, **found)

    @contextmanager
    def beside(self) -> Iterator[Analysis | None]:
        """The same analysis for a second thread, good inside the block; None where the engine has no second asker.

        What one of them prepared or answered, the other knows. Calendars of one name must be the same in both.
        """
        engine = self.engine.beside()
        if engine is None:
            yield None
            return
        try:
            other = replace(self, engine=engine)
            other.know((), self._given)
            yield other
        finally:
            engine.close()

    @property
    def plan(self) -> Plan:
        """What the expressions depend on."""
        return Plan(
            self.definitions, self.as_of, self.converted, self.merged, self.contract, self.with_margin
        )

    @property
    def window(self) -> int:
        """The activity window in days."""
        return self.plan.window

    def prepare(self) -> None:
        """Make the counted orders, the customers and the refunds (once)."""
        self._recipes |= self.plan.recipes()
        for name in ("counted_orders", "customer_base", "counted_refunds"):
            self._ensure(name)

    def prepare_calendar(self, calendar: Calendar) -> None:
        """Make the calendar's tables and the activity masks (once a calendar)."""
        self.prepare()
        for name in self._register(calendar):
            self._ensure(name)

    def run(self, expression: ir.Table) -> pa.Table:
        """Rows of an expression over fact tables and prepared tables; what it reads is prepared first.

        Prepared tables stay as they are, so a small answer from them alone is remembered and not computed again.
        """
        self._recipes |= self.plan.recipes()
        asked, names = expression.op(), names_in(expression)
        for listener in self.listeners:
            listener.hear(expression)
        if asked in self._answers:
            return self._answers[asked]
        for name in names:
            self._ensure(name)
        rows = self.engine.run(expression)
        if rows.num_rows <= _REMEMBERED_ROWS and all(name in self._prepared for name in names):
            self._answers[asked] = rows
        return rows

    def sql_of(self, expression: ir.Table, *, dialect: str = "") -> str:
        """The whole SQL of an expression, from the fact tables up."""
        return full_sql(expression, self.recipes(), dialect or self.engine.dialect)

    def recipes(self) -> dict[str, Recipe]:
        """How every table that may be asked for by name is made."""
        return {**self._recipes, **self.plan.recipes()}

    def calendar(self, grain: Grain) -> Calendar:
        """The standard periods that the data touches."""
        last = min(self.coverage.last, self.as_of - timedelta(days=1))
        return Calendar(grain, standard(grain, self.coverage.first, last), self.window)

    def rows(
        self, figures: Sequence[Figure], calendar: Calendar, by: Splits = (), *, total: bool = False
    ) -> list[Row]:
        """All figures for all periods of the calendar, by the dimensions; `total` adds the rows of the whole."""
        splits = self._splits(figures, calendar, by, total=total)
        return [
            row for groups in splits for figure in figures for row in self._rows(figure, calendar, groups)
        ]

    def rows_by_figure(
        self, figures: Sequence[Figure], calendar: Calendar, by: Splits = (), *, total: bool = False
    ) -> Iterator[list[Row]]:
        """As `rows`, but those of one figure at a time: for so many that all of them are not to be held at once."""
        splits = self._splits(figures, calendar, by, total=total)
        for figure in figures:
            yield [row for groups in splits for row in self._rows(figure, calendar, groups)]

    def sql(self, figure: Figure, calendar: Calendar, by: Splits = (), *, dialect: str = "") -> str:
        """The whole SQL of a figure's sums, one statement a family, from the fact tables up."""
        split = dimensions.by(by)
        measured = _measured(figure, calendar)
        texts = []
        for family in figure.families:
            recipes = {**self.plan.recipes(), **self.plan.calendar_recipes(measured)}
            if family.recipes is not None:
                recipes |= family.recipes(self.plan, measured)
            query = family.query(self.plan, measured, split)
            texts.append(f"-- {family.name}\n" + full_sql(query, recipes, dialect or self.engine.dialect))
        return ";\n\n".join(texts)

    def _splits(
        self, figures: Sequence[Figure], calendar: Calendar, by: Splits, *, total: bool
    ) -> list[_Groups]:
        """The sums of the parts, then those of the whole if asked for: added up from the parts where they can be."""
        split = dimensions.by(by)
        parts = self._groups(figures, calendar, split, {})
        return [parts, self._groups(figures, calendar, By(), parts)] if total and split.names else [parts]

    def _groups(self, figures: Sequence[Figure], calendar: Calendar, by: By, parts: _Groups) -> _Groups:
        groups: _Groups = {}
        for figure in figures:
            own = figure.families[0].own
            key = (figure.span, own)
            group = groups.setdefault(key, Group(_measured(figure, calendar), by, own))
            for family in figure.families:
                if family.name in group.families or (key in parts and group.add_up(family, parts[key])):
                    continue
                self._collect(group, family)
        return groups

    def _rows(self, figure: Figure, calendar: Calendar, groups: _Groups) -> Iterator[Row]:
        group = groups[figure.span, figure.families[0].own]
        digest = self.definitions.digest()
        for key, sums in group.dense():
            row = answer(figure, group, key, sums, self.definitions, digest)
            shown = calendar.periods[key[0]]
            complete = self._complete(figure, group.calendar.periods[key[0]], key[1])
            yield replace(
                row,
                period_start=shown.start,
                period_end=shown.end,
                complete=complete,
                lake_version=self.lake_version,
            )

    def _collect(self, group: Group, family: Family) -> None:
        """Run a family's query into the group, or note why it cannot be asked."""
        missing = [fact for fact in self._facts(family) if fact not in self._given]
        if missing:
            group.cannot(family, f"No {missing[0].replace('_', ' ')} are given.")
            return
        if not group.by.supports(family.scope):
            group.cannot(family, f"It cannot be split by {', '.join(group.by.names)}.")
            return
        self._recipes |= self.plan.recipes()
        self._register(group.calendar)
        if family.recipes is not None:
            self._recipes |= family.recipes(self.plan, group.calendar)
        group.take(family, self.run(family.query(self.plan, group.calendar, group.by)))

    def _complete(self, figure: Figure, period: Period, names: tuple[tuple[str, str | None], ...]) -> bool:
        back = {"window": self.window, "period": 0, "double": max(self.window, period.days)}[
            figure.looks_back
        ]
        facts = {fact for family in figure.families for fact in self._facts(family)} & self._given
        return period.end <= self.as_of and self.coverage.complete(
            period, look_back=back, facts=facts or {"orders"}, sources=self._sources_of(names)
        )

    def _facts(self, family: Family) -> tuple[str, ...]:
        """The fact tables that a family needs; `presence` is whatever says who is a customer."""
        presence = "subscriptions" if self.contract else "orders"
        return tuple(presence if fact == "presence" else fact for fact in family.needs)

    @property
    def facts_given(self) -> frozenset[str]:
        """Fact tables that have rows."""
        return self._given

    def know(self, prepared: Iterable[str], given: frozenset[str]) -> None:
        """Take it as known that the engine has these prepared tables and which fact tables have rows; see metrics/kept.py."""
        self._prepared |= set(prepared)
        self.__dict__["_given"] = given

    @cached_property
    def _given(self) -> frozenset[str]:
        known = {name: table.ibis for name, table in TABLES.items() if self.engine.has(name)}
        return with_rows(self.engine, known)

    def _sources_of(self, names: tuple[tuple[str, str | None], ...]) -> set[str] | None:
        """The sources whose orders make this market or country; None: all."""
        places = {name: value for name, value in names if name in ("market", "country")}
        if not places or "orders" not in self._given:
            return None
        rows = [r for r in self._attributes if all(r[name] == value for name, value in places.items())]
        return {row["source"] for row in rows} or None

    @cached_property
    def _attributes(self) -> list[dict[str, str]]:
        return self.run(ATTRIBUTES.select("source", "market", "country").distinct()).to_pylist()  # type: ignore[no-any-return]

    def _register(self, calendar: Calendar) -> tuple[str, ...]:
        """Know the calendar's recipes; one of the same name with other periods is forgotten."""
        if calendar.wider is not None:
            self._register(calendar.wider)
        old = self._calendars.get(calendar.name)
        if old is not None and old != calendar:
            ending = f"_{calendar.name}"
            self._prepared = {name for name in self._prepared if not name.endswith(ending)}
            self._answers.clear()
        self._calendars[calendar.name] = calendar
        recipes = self.plan.calendar_recipes(calendar)
        self._recipes |= recipes
        return tuple(recipes)

    def _ensure(self, name: str) -> None:
        """Make a table and what it reads, once, whoever asks first."""
        if name in self._prepared or name not in self._recipes:
            return
        with self._making:
            if name not in self._prepared:
                self._make(name)

    def _make(self, name: str) -> None:
        recipe = self._recipes[name]
        made = recipe.make()
        if isinstance(made, pa.Table):
            self.engine.put(name, made)
        else:
            for part in names_in(made):
                self._ensure(part)
            (self.engine.materialise if recipe.how == "table" else self.engine.define)(name, made)
        self._prepared.add(name)


def _measured(figure: Figure, calendar: Calendar) -> Calendar:
    """The periods that are measured: those asked for, or the years that end with them."""
    if figure.span == "period":
        return calendar
    years = tuple(Period(add_months(period.end, -12), period.end) for period in calendar.periods)
    if years == calendar.periods:
        return calendar
    wider = calendar.wider if calendar.wider and set(years) <= set(calendar.wider.periods) else None
    return Calendar(f"{calendar.name}_years", years, calendar.window, wider)
