"""A mapping on screen in words: choosers, mistakes, and what came of the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.platform.intake import api as intake
from regulars.platform.web.pages import data_words as words


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class ColumnShown:
    """One column of a file with its chooser. `id` is that of the select."""

    id: str
    name: str
    examples: tuple[str, ...]
    error: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]


@dataclass(frozen=True)
class TableShown:
    """One table of a file: what it holds, and its columns. `errors` are about the table as a whole."""

    id: str
    where: str
    facts: tuple[Option, ...]
    columns: tuple[ColumnShown, ...]
    errors: tuple[str, ...]


def shown(
    samples: Sequence[intake.SampleTable], tables: Sequence[intake.Table], mistakes: Sequence[intake.Mistake]
) -> list[TableShown]:
    """What the page shows of it."""
    found = []
    for t, (sample, table) in enumerate(zip(samples, tables, strict=True)):
        mine = [one for one in mistakes if one.table == t]
        at = {one.column: _said(one) for one in mine if one.column}
        columns = tuple(
            ColumnShown(
                f"t{t}_c{c}", column, tuple(sample.examples(column)), at.get(column, ""),
                _groups(table.fact, table.fields.get(column, "")),
            )
            for c, column in enumerate(sample.columns)
        )  # fmt: skip
        named = [
            *words.fact_choices(),
            *([("", _("Nothing: this sheet is passed over"))] if sample.sheet else []),
        ]
        facts = tuple(Option(name, label, name == table.fact) for name, label in named)
        found.append(
            TableShown(
                f"t{t}", sample.where, facts, columns, tuple(_said(one) for one in mine if not one.column)
            )
        )
    return found


def _groups(fact: str, chosen: str) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """The fields that a column may be: those of the whole, then those of an order's lines."""
    names = intake.choices(fact) if fact in dict(words.fact_choices()) else []
    whole = tuple(Option(name, words.field_name(name), name == chosen) for name in names if "." not in name)
    line = tuple(
        Option(name, words.field_name(name.partition(".")[2]), name == chosen)
        for name in names
        if "." in name
    )
    groups = ((words.table_name(fact), whole), (words.table_name("order_lines"), line))
    return tuple(group for group in groups if group[1])


def _said(mistake: intake.Mistake) -> str:
    field = words.field_name(mistake.field.partition(".")[2] or mistake.field)
    if mistake.fault == "twice":
        return _("Two columns cannot both be this: %(field)s.") % {"field": field}
    if mistake.fault == "no_date":
        return _("Say which column is the time or the day of the order.")
    if mistake.fault == "no_customer":
        return _("Say which column tells who the customer is: an id, an e-mail or a phone.")
    if mistake.fault == "no_amount":
        return _("Say which column is the amount: the order's total, the goods, or the price on each line.")
    if mistake.fault == "missing":
        return _("This is needed and no column is it yet: %(field)s.") % {"field": field}
    return _("This cannot be chosen here.")


def tried_shown(tried: Sequence[intake.Tried]) -> list[dict[str, Any]]:
    """What came of the first rows, with the fields in words."""
    return [
        {
            "where": one.where,
            "fact": words.table_name(one.fact) if one.fact else "",
            "heads": [words.field_name(name.removeprefix("line_")) for name in one.fields],
            "rows": list(zip(one.rows, one.faults, strict=True)),
            "read": one.read,
            "usable": one.usable,
            "unusable": one.read - one.usable,
            "error": one.error,
        }
        for one in tried
    ]
