"""From the sums that come back to rows: what is missing is zero or unknown, quotients are made here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.metrics.calendar import Calendar
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Formula, Key, Number, Record, Row, Sums


@dataclass
class Group:
    """Sums of families that share a calendar and dimensions: `sums` by period and combination."""

    calendar: Calendar
    by: By
    own: tuple[str, ...] = ()
    families: dict[str, Family] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    sums: dict[Key, dict[str, Number]] = field(default_factory=dict)
    measures: dict[str, list[str]] = field(default_factory=dict)
    _zeros: dict[str, Number] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.by.names, *self.own)

    def cannot(self, family: Family, why: str) -> None:
        """Note that a family has no sums, and why."""
        self.families[family.name] = family
        self.reasons[family.name] = why

    def take(self, family: Family, table: pa.Table) -> None:
        """Add the sums of a family's query."""
        self.families[family.name] = family
        measures = [name for name in table.column_names if name != "period" and name not in self.names]
        self.measures[family.name] = measures
        by_key: dict[Key, list[Record]] = {}
        for record in table.to_pylist():
            key = (int(record["period"]), tuple((name, _text(record[name])) for name in self.names))
            by_key.setdefault(key, []).append(record)
        zeros: dict[str, Number] = dict.fromkeys(measures, Decimal(0))
        nothing = zeros if family.fold is None else family.fold(())
        self._zeros |= {m: None if m in family.unknown_if_empty else zero for m, zero in nothing.items()}
        for key, records in by_key.items():
            self.sums.setdefault(key, {}).update(_sums(family, records, measures))

    def add_up(self, family: Family, parts: Group) -> bool:
        """Take a family's sums of the whole from those of its parts; False where these do not tell them."""
        known = parts.measures.get(family.name)
        if known is None or not family.adds_up or not parts.by.additive(family.scope):
            return False
        self.families[family.name] = family
        self.measures[family.name] = known
        self._zeros |= {measure: parts.zero(measure) for measure in known}
        for (period, names), sums in parts.sums.items():
            found = {measure: value for measure in known if (value := sums.get(measure)) is not None}
            whole = self.sums.setdefault((period, names[len(parts.by.names) :]), {}) if found else {}
            for measure, value in found.items():
                whole[measure] = value + (whole.get(measure) or Decimal(0))
        return True

    def zero(self, measure: str) -> Number:
        """What a measure is where there is nothing."""
        return self._zeros[measure]

    def dense(self) -> Iterator[tuple[Key, dict[str, Number]]]:
        """Every period of every combination that occurs, in order; without dimensions every period."""
        combinations = {key[1] for key in self.sums} or ({()} if not self.names else set())
        for combination in sorted(combinations, key=_order):
            for period in range(len(self.calendar.periods)):
                key = (period, combination)
                yield key, {**self._zeros, **self.sums.get(key, {})}


def answer(
    figure: Figure, group: Group, key: Key, sums: dict[str, Number], definitions: Definitions, digest: str
) -> Row:
    """The figure's row for one period and combination; completeness is the caller's."""
    period = group.calendar.periods[key[0]]
    constants = {
        "days": Decimal(period.days),
        "window": Decimal(group.calendar.window),
        "cap_years": Decimal(definitions.lifespan_cap_years),
    }
    known: Sums = {name: value for name, value in {**sums, **constants}.items() if value is not None}
    numerator = _attempt(figure.numerator, known)
    denominator = None if figure.denominator is None else _attempt(figure.denominator, known)
    value = numerator
    if figure.denominator is not None:
        value = None if not denominator or numerator is None else numerator / denominator * figure.scale
    interval = figure.interval(known) if figure.interval is not None and value is not None else None
    return Row(
        metric=figure.slug,
        period_start=period.start,
        period_end=period.end,
        dimensions=key[1],
        value=value,
        numerator=numerator,
        denominator=denominator,
        unit=figure.unit,
        currency=definitions.currency if figure.unit == "money" else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        complete=False,
        window_days=definitions.window_days,
        definitions=digest,
        lake_version=None,
        additive=all(
            group.by.additive(family.scope) and not (family.overlaps and group.by.names)
            for family in figure.families
        ),
        version=figure.version,
        remark=_remark(figure, group, known, value),
    )


def _remark(figure: Figure, group: Group, sums: Sums, value: Number) -> str:
    if value is None:
        for family in figure.families:
            if family.name in group.reasons:
                return group.reasons[family.name]
    return figure.remark(sums) if figure.remark is not None else ""


def _sums(family: Family, records: Iterable[Record], measures: Iterable[str]) -> dict[str, Number]:
    if family.fold is not None:
        return family.fold(records)
    record = next(iter(records))
    return {name: None if record[name] is None else Decimal(str(record[name])) for name in measures}


def _attempt(formula: Formula, sums: Sums) -> Number:
    """The formula's value, or None where a sum that it needs is unknown."""
    try:
        return formula(sums)
    except KeyError:
        return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _order(combination: tuple[tuple[str, str | None], ...]) -> tuple[tuple[bool, int, str], ...]:
    """Whole numbers by size, other values by name, unknown ones last."""
    return tuple((value is None, _size(value), value or "") for _, value in combination)


def _size(value: str | None) -> int:
    return int(value) if value is not None and value.isdecimal() else 0
