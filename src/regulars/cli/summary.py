"""What an import or a load understood, as text: files, columns, what was left out and why, who the customers are."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.cli.tables import shown
from regulars.sources import Amount, FileSummary, ImportSummary, ReasonCount, SourceSummary, TaxCounts


def of_summary(summary: ImportSummary, *, columns: bool = True) -> str:
    """The whole summary. `columns`: also what each column was taken for."""
    blocks = [_file(file, columns) for file in summary.files]
    blocks += [_source(source) for source in summary.sources]
    if summary.quality:
        blocks.append(
            "\n".join(
                [
                    "Who the customers are:",
                    *(f"  - {_note(n.kind)}: {n.what} ({n.orders:,} orders)" for n in summary.quality[:20]),
                ]
            )
        )
    if summary.warnings:
        blocks.append("\n".join(["Worth knowing:", *(f"  - {text}" for text in summary.warnings)]))
    blocks.append(_end(summary))
    return "\n\n".join(blocks)


def _note(kind: str) -> str:
    return kind.replace("_", " ")


def _file(file: FileSummary, columns: bool) -> str:
    lines = [
        f"{file.file} (source {file.source}, read as {file.format}): {file.rows:,} rows, {file.used:,} used"
        f" for {', '.join(file.feeds) or 'nothing'}"
    ]
    if file.totals:
        lines.append(f"  document totals: {_amounts(file.totals)}")
    if columns:
        lines += [f"  {recognised}" for recognised in file.recognised]
        if file.unused_columns:
            lines.append(f"  not used: {', '.join(file.unused_columns)}")
    if file.duplicates:
        lines.append(f"  {file.duplicates:,} rows stand twice and count once")
    lines += _reasons("left out", file.left_out)
    lines += _reasons("rejected", file.rejected)
    return "\n".join(lines)


def _reasons(word: str, reasons: Iterable[ReasonCount]) -> list[str]:
    return [f"  {word}: {reason.rows:,} rows - {reason.reason}" for reason in reasons]


def _source(source: SourceSummary) -> str:
    lines = [
        f"Source {source.source}: {source.orders:,} orders by {source.customers:,} customers,"
        f" {source.first or '-'} to {source.last or '-'}"
    ]
    if source.without_customer:
        lines.append(f"  {source.without_customer:,} orders have no customer and are in no customer figure")
    if source.refunds:
        undated = (
            f", {source.refunds_without_date:,} without a date of their own"
            if source.refunds_without_date
            else ""
        )
        lines.append(f"  {source.refunds:,} refunds{undated}")
    lines += _tax(source.tax)
    lines += [
        f"  payment rule: {state.moved:,} orders ({state.payment_kind or 'any kind'}, {state.payment_state or 'no state'})"
        f" do not count, {_amounts(state.moved_goods)}"
        for state in source.payment
        if state.moved
    ]
    return "\n".join(lines)


def _tax(tax: TaxCounts) -> list[str]:
    """How many orders have tax in their prices; nothing where no order says, since a warning says that."""
    counts = (
        ("included", tax.included),
        ("excluded", tax.excluded),
        ("no tax", tax.no_tax),
        ("not known", tax.unknown),
    )
    told = [f"{words} in {orders:,}" for words, orders in counts if orders]
    return [f"  tax in prices: {', '.join(told)} orders"] if tax.unknown < sum(n for _, n in counts) else []


def _amounts(amounts: Iterable[Amount]) -> str:
    return " + ".join(shown(a.amount, "money", a.currency) for a in amounts)


def _end(summary: ImportSummary) -> str:
    lines = []
    if summary.rejected:
        where = f": see {summary.rejects_file}" if summary.rejects_file else " (--rejects FILE keeps them)"
        lines.append(f"{summary.rejected:,} rows could not be used{where}")
    counts = ", ".join(f"{count.rows:,} {count.table}" for count in summary.tables if count.rows)
    if summary.dry_run:
        lines.append(f"Dry run: nothing was stored. It would bring {counts or 'nothing'}.")
    elif summary.lake_version is not None:
        lines.append(
            f"Lake version {summary.lake_version}: {counts or 'nothing new'}; {summary.new_customers:,} new customers."
        )
    return "\n".join(lines) or f"Facts: {counts or 'none'}."
