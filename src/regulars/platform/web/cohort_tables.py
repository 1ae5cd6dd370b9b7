"""Cohorts on pages: the triangle as a table whose cells lead to their customers, and the curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kernel.periods import Grain
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, address
from regulars.platform.web.cohort_curves import COLUMNS, curves, short


@dataclass(frozen=True)
class Cell:
    """One cell of the triangle. `shade`: its class, such as h3 or unfinished; `says`: what hovering says."""

    text: str
    shade: str
    says: str
    link: str


@dataclass(frozen=True)
class CohortRow:
    """One cohort: its name, how many began, its cells up to the last column (None: not there yet)."""

    name: str
    size: str
    small: bool
    link: str
    cells: tuple[Cell | None, ...]


def cohorts(asked: Asked, tab: str, measure: str, people: bool) -> dict[str, Any]:
    """What the tabs of cohorts and curves show, a sentence where there is no triangle."""
    grain: Grain = "month" if asked.grain == "month" else "quarter"
    piece = insights.cohort_piece(grain, asked.market, measure)
    common = {
        "measures": _measures(asked, tab, measure),
        "by_grain": grain,
        "csv": address(
            "retention-csv", "&".join(p for p in (asked.scope.query(end=None), f"measure={measure}") if p)
        ),
        "keep": {"tab": tab, "measure": measure},
        "without_end": True,
    }
    if piece is None or not piece["cells"]:
        return common | {"lead": _no_cohorts(asked, measure), "rows": []}
    common["lead"] = _cohort_lead(piece, grain, measure, asked)
    if tab == "curves":
        return common | {"curves": curves(piece, grain, measure, asked)}
    return common | triangle(piece, grain, measure, asked, people)


def _measures(asked: Asked, tab: str, chosen: str) -> list[tuple[str, str, bool]]:
    names = {"customers": _("Customers"), "revenue": _("Revenue"), "margin": _("Margin")}
    base = asked.scope.query()
    return [
        (
            address("retention", "&".join(p for p in (base, urlencode({"tab": tab, "measure": key})) if p)),
            name,
            key == chosen,
        )
        for key, name in names.items()
    ]


def _no_cohorts(asked: Asked, measure: str) -> str:
    if measure == "margin":
        return _(
            "The margin is not known for all orders: neither their cost nor a share of margin was given."
        )
    if asked.market:
        return _("%(place)s has too few customers for cohorts of its own.") % {"place": asked.place}
    return _("The data is too short for cohorts.")


def _cohort_lead(piece: dict[str, Any], grain: Grain, measure: str, asked: Asked) -> str:
    """How many of a cohort come back, or what they bring."""
    curve = {offset: Decimal(value) for offset, value, *_rest in piece["average"] if value is not None}
    if measure != "customers":
        if not curve:
            return _("The data is too short for cohorts.")
        last = min(curve, key=lambda offset: abs(offset - (12 if grain == "month" else 4)))
        amount = asked.w.money(curve[last], asked.info.currency)
        if grain == "month":
            return ngettext(
                "A new customer brings %(amount)s by %(n)s month after the first.",
                "A new customer brings %(amount)s by %(n)s months after the first.", last,
            ) % {"amount": amount, "n": last}  # fmt: skip
        return ngettext(
            "A new customer brings %(amount)s by %(n)s quarter after the first.",
            "A new customer brings %(amount)s by %(n)s quarters after the first.", last,
        ) % {"amount": amount, "n": last}  # fmt: skip
    if 1 not in curve:
        return _("The data is too short for cohorts.")
    later = min(curve, key=lambda offset: abs(offset - (6 if grain == "month" else 4)))
    places = {
        "first": asked.w.number(curve[1] * 100),
        "later": asked.w.number(curve[later] * 100),
        "n": later,
    }
    if grain == "month":
        return (
            _(
                "Of 100 new customers, %(first)s order again in the month after their first, and %(later)s in month %(n)s."
            )
            % places
        )
    return (
        _(
            "Of 100 new customers, %(first)s order again in the quarter after their first, and %(later)s in quarter %(n)s."
        )
        % places
    )


def triangle(piece: dict[str, Any], grain: Grain, measure: str, asked: Asked, people: bool) -> dict[str, Any]:
    """The table: one row a cohort, one column a period since."""
    share = piece["unit"] == "share"
    first = 1 if share else 0  # all of a cohort ordered in its first period
    cells = {(cell[0], cell[1]): cell for cell in piece["cells"] if cell[1] >= first and cell[2] is not None}
    there = {cohort["key"] for cohort in piece["cohorts"] if cohort["already_there"]}
    longest = max((offset for key, offset in cells if key not in there), default=first - 1)
    offsets = range(first, min(longest, first + COLUMNS - 1) + 1)
    full = [Decimal(c[2]) for c in cells.values() if c[5] and c[0] not in there]
    most = max(full, default=Decimal(1)) or Decimal(1)
    rows = []
    for cohort in piece["cohorts"]:
        if cohort.get("start") is None and not cohort["already_there"]:
            continue
        rows.append(
            CohortRow(
                name=_cohort_name(cohort, asked),
                size=asked.w.number(cohort["size"]),
                small=cohort["small"],
                link=_people(asked, cohort, grain, None) if people else "",
                cells=tuple(
                    _cell(cells.get((cohort["key"], offset)), cohort, most, grain, share, asked, people)
                    for offset in offsets
                ),
            )
        )
    mean = {offset: value for offset, value, *_rest in piece["average"]}
    return {
        "rows": rows,
        "offsets": list(offsets),
        "mean": [short(mean.get(offset), share, asked) for offset in offsets],
        "unit": _("Per cent of the cohort's customers who ordered in that period.") if share
        else _("Per customer of the cohort, added up from the first order, in %(currency)s.") % {"currency": asked.info.currency},
    }  # fmt: skip


def _cohort_name(cohort: dict[str, Any], asked: Asked) -> str:
    if cohort.get("start") is None:
        return _("already there")
    return asked.w.period(date.fromisoformat(cohort["start"]), date.fromisoformat(cohort["end"]))


def _cell(
    cell: list[Any] | None,
    cohort: dict[str, Any],
    most: Decimal,
    grain: Grain,
    share: bool,
    asked: Asked,
    people: bool,
) -> Cell | None:
    if cell is None:
        return None
    _key, offset, value, numerator, denominator, complete, _small = cell
    if cohort["already_there"]:
        shade = "already_there"
    elif not complete:
        shade = "unfinished"
    else:
        shade = f"h{max(0, min(9, int(Decimal(value) / most * 9)))}"
    text = short(value, share, asked)
    places = {
        "cohort": _cohort_name(cohort, asked), "k": offset, "value": text,
        "part": asked.w.number(Decimal(numerator)), "whole": asked.w.number(denominator),
        "amount": asked.w.money(Decimal(value), asked.info.currency),
    }  # fmt: skip
    if share:
        says = _("%(cohort)s: %(part)s of %(whole)s ordered in period %(k)s, %(value)s %%") % places
    else:
        says = _("%(cohort)s: %(amount)s per customer up to period %(k)s") % places
    link = _people(asked, cohort, grain, offset if share else None) if people else ""
    return Cell(text, shade, says, link)


def _people(asked: Asked, cohort: dict[str, Any], grain: Grain, offset: int | None) -> str:
    """The customers of a cell; those who were already there are in no period of their own."""
    if cohort.get("start") is None:
        return ""
    query = insights.CohortCell(date.fromisoformat(cohort["start"]), grain, offset).query()
    if asked.market:
        query += "&" + urlencode({"market": asked.market})
    return address("customers", query)
