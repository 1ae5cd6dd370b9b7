"""Imports in words: states, and what an import's summary says, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.platform.intake.api import ImportInfo
from regulars.platform.web.templatetags.regulars import reader
from regulars.report import phrases
from regulars.sources import Amount, FileSummary, ImportSummary, QualityNote, ReasonCount, SourceSummary
from regulars.sources.field_words import wording
from regulars.sources.mapping.fields import FED

# State to its words and the class of its mark.
STATES = {
    "looking": (gettext_lazy("Being looked at"), "accent"),
    "unclear": (gettext_lazy("Needs an answer"), "warn"),
    "ready": (gettext_lazy("Ready to import"), "warn"),
    "importing": (gettext_lazy("Being imported"), "accent"),
    "done": (gettext_lazy("Imported"), "good"),
    "failed": (gettext_lazy("Failed"), "bad"),
    "cancelled": (gettext_lazy("Cancelled"), ""),
}
# Fact tables as people call what is in them.
TABLES = {
    "orders": gettext_lazy("Orders"),
    "order_lines": gettext_lazy("Lines of orders"),
    "customers": gettext_lazy("Customers"),
    "aliases": gettext_lazy("Customers that were put together"),
    "payments": gettext_lazy("Payments and refunds"),
    "shipments": gettext_lazy("Shipments"),
    "products": gettext_lazy("Products"),
    "costs": gettext_lazy("Costs"),
    "subscriptions": gettext_lazy("Subscriptions"),
    "events": gettext_lazy("Visits and other events"),
    "tickets": gettext_lazy("Support tickets"),
    "feedback": gettext_lazy("Feedback"),
    "messages": gettext_lazy("Messages"),
    "points": gettext_lazy("Loyalty points"),
    "scores": gettext_lazy("Scores"),
    "fx_rates": gettext_lazy("Exchange rates"),
}


@dataclass(frozen=True)
class FileShown:
    """One file of a summary. `recognised`: (column, what it is, how it was told)."""

    name: str
    source: str
    format: str
    rows: int
    used: int
    duplicates: int
    feeds: tuple[str, ...]
    recognised: tuple[tuple[str, str, str], ...]
    unused: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...]
    rejected: tuple[tuple[str, int], ...]
    totals: str


@dataclass(frozen=True)
class SourceShown:
    """One source of a summary; `remarks` are whole sentences."""

    name: str
    orders: int
    customers: int
    days: str
    remarks: tuple[str, ...]


def table_name(name: str) -> str:
    """A fact table as people call what is in it."""
    return str(TABLES.get(name, name))


def fact_choices() -> list[tuple[str, str]]:
    """The fact tables that a file may feed."""
    return [(name, table_name(name)) for name in FED]


def files_shown(summary: ImportSummary) -> list[FileShown]:
    return [_file(file) for file in summary.files]


def _file(file: FileSummary) -> FileShown:
    w = reader()
    return FileShown(
        name=file.file,
        source=file.source,
        format=file.format,
        rows=file.rows,
        used=file.used,
        duplicates=file.duplicates,
        feeds=tuple(table_name(name) for name in file.feeds),
        recognised=tuple(
            (one.column, field_name(one.field), phrases.said(one.how, w)) for one in file.recognised
        ),
        unused=file.unused_columns,
        left_out=_reasons(file.left_out),
        rejected=_reasons(file.rejected),
        totals=_amounts(file.totals),
    )


def field_name(field: str) -> str:
    """A field in words, in the reader's language: 'the customer'."""
    return reader().say(field if field.startswith("the ") else wording(field))


def _reasons(reasons: Iterable[ReasonCount]) -> tuple[tuple[str, int], ...]:
    return tuple((phrases.said(one.reason, reader()), one.rows) for one in reasons)


def _amounts(amounts: Iterable[Amount]) -> str:
    w = reader()
    return " + ".join(
        w.money(one.amount, one.currency) if one.currency else w.number(one.amount, 2) for one in amounts
    )


def sources_shown(summary: ImportSummary) -> list[SourceShown]:
    """Each source with what the reader is told of it."""
    w = reader()
    return [
        SourceShown(
            one.source, one.orders, one.customers, phrases.days(one.first, one.last, w), tuple(_remarks(one))
        )
        for one in summary.sources
    ]


def _remarks(source: SourceSummary) -> list[str]:
    w = reader()
    said = []
    if source.without_customer:
        said.append(
            ngettext(
                "%(count)s order has no customer and is in no customer figure.",
                "%(count)s orders have no customer and are in no customer figure.",
                source.without_customer,
            )
            % {"count": w.number(source.without_customer)}
        )
    if source.refunds:
        said.append(
            ngettext("%(count)s refund came with them.", "%(count)s refunds came with them.", source.refunds)
            % {"count": w.number(source.refunds)}
        )
    moved = sum(state.moved for state in source.payment)
    if moved:
        said.append(
            ngettext(
                "%(count)s order does not count by the payment rules.",
                "%(count)s orders do not count by the payment rules.",
                moved,
            )
            % {"count": w.number(moved)}
        )
    if source.orders:
        said.append(phrases.tax(source, w))
    return said


def remarks(summary: ImportSummary) -> list[str]:
    """What is worth knowing, as whole sentences."""
    return [phrases.said(text, reader()) for text in summary.warnings]


def quality(summary: ImportSummary) -> list[tuple[QualityNote, str]]:
    """What was found about who the customers are, each with its kind in words."""
    return [(note, phrases.identity(note.kind, reader())) for note in summary.quality[:20]]


def counts(summary: ImportSummary) -> list[tuple[str, int]]:
    """Rows by fact table, those that there are."""
    return [(table_name(one.table), one.rows) for one in summary.tables if one.rows]


def lead(found: ImportInfo) -> str:
    """The sentence that opens an import's page."""
    orders = found.orders
    if found.state == "looking":
        return _("The files are being looked at. Nothing is stored in the lake before you agree.")
    if found.state == "unclear":
        return _("The files cannot be imported as they are: somebody has to say how to read them.")
    if found.state == "importing":
        return _("The files are being imported. You can leave this page; the work goes on.")
    if found.state == "failed":
        return _("The import failed, and the lake is as it was before.")
    if found.state == "cancelled":
        return _("The import was cancelled, and the lake is as it was before.")
    if not orders and found.state == "ready":
        return _("The files are understood. Nothing is stored yet.")
    if not orders:
        return _("The files are in the lake.")
    values = {"orders": reader().number(orders), "days": _days(found)}
    if found.state == "ready":
        return (
            ngettext(
                "%(orders)s order was found, %(days)s. Nothing is stored yet.",
                "%(orders)s orders were found, %(days)s. Nothing is stored yet.",
                orders,
            )
            % values
        )
    return (
        ngettext(
            "%(orders)s order is in the lake, %(days)s.",
            "%(orders)s orders are in the lake, %(days)s.",
            orders,
        )
        % values
    )


def _days(found: ImportInfo) -> str:
    sources = found.summary.sources if found.summary else ()
    firsts = [one.first for one in sources if one.first]
    lasts = [one.last for one in sources if one.last]
    return phrases.days(min(firsts, default=None), max(lasts, default=None), reader())
