"""Regulars: everything that the report shows, from the file to its content. Drawing the page is told apart."""

import gc
import time

BEGAN = time.perf_counter()

from collections.abc import Iterator, Sequence  # noqa: E402 - the clock starts before the imports
from datetime import timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, flat, serve  # noqa: E402
from benchmarks.questions import AS_OF, COUNTRIES, CURRENCY, FIRST, WINDOW  # noqa: E402
from regulars.kernel.definitions import Definitions  # noqa: E402
from regulars.kernel.markets import Market  # noqa: E402
from regulars.lake.engines import DuckEngine  # noqa: E402
from regulars.metrics.opening import open_files  # noqa: E402
from regulars.report import ReportContent, ReportOptions, build, render_html  # noqa: E402
from regulars.sources import LoadOptions, SourceFile  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file, and where to write the page."""
    gc.set_threshold(50_000, 20, 20)  # as the command line does
    file, page = (Path(argument) for argument in arguments)
    clock, step = Clock(), ["opening"]

    def progress(name: str, _: float | None = None) -> None:
        # Told when a step begins: what ran until now was the step before.
        clock.lap(step[0])
        step[0] = name

    engine = DuckEngine()
    # Peers cut days in UTC; we would cut them in each market's own zone.
    markets = tuple(Market(country, (country,), "UTC") for country in COUNTRIES)
    definitions = Definitions(zone="UTC", currency=CURRENCY, window_days=WINDOW, markets=markets)
    options = LoadOptions(zone="UTC", currency=CURRENCY)
    opened = open_files(
        engine, [SourceFile(file)], definitions, options=options, as_of=AS_OF, progress=progress
    )
    content = build(opened.analysis, opened.summary, ReportOptions(window_was_set=True), progress)
    clock.lap(step[0])
    page.write_text(render_html(content), encoding="utf-8")
    clock.lap("drawing")
    return clock.steps, answers(content)


def answers(content: ReportContent) -> dict[str, Answer]:
    """What other peers answer too, in their form."""
    core = next(line for line in content.bridge.lines if line.code == "revenue_before_refunds")
    cells = ((c.r, c.f, c.m, c.customers, c.orders, c.revenue) for c in content.rfm.cells)
    return {
        "headline": flat(
            [_headline(content)], ("s", "start", "end", "kept", "came_and_went", "new", "orders"), 1
        ),
        "months": flat(_months(content), ("month", "kept"), 1),
        "cohorts": flat(_cohorts(content), ("cohort", "age", "customers"), 2),
        "rfm": flat(cells, ("r", "f", "m", "customers", "orders", "revenue"), 3),
        "markets": flat(_markets(content), ("market", "start", "kept", "revenue"), 1),
        "money": _money(content),
        "bridge": flat([("counted", core.orders, core.amount)], ("step", "orders", "amount"), 1),
    }


def _headline(content: ReportContent) -> Sequence[object]:
    now = {figure.slug: figure.now for figure in content.key}
    kept = content.kept
    return (
        kept.period_start,
        kept.start,
        kept.end,
        kept.kept,
        kept.came_and_went,
        now["new_customers"].value,
        now["orders"].value,
    )


def _months(content: ReportContent) -> Iterator[Sequence[object]]:
    return ((month.start, month.kept) for month in content.movement)


def _cohorts(content: ReportContent) -> Iterator[Sequence[object]]:
    # Cohorts at the edge of the first window are 'already there' in part, which peers do not tell apart.
    settled = FIRST + timedelta(days=WINDOW + 31)
    starts = {cohort.key: cohort.start for cohort in content.cohorts.cohorts}
    for cell in content.cohorts.cells:
        start = starts[cell.cohort]
        if start is not None and start >= settled and cell.numerator:
            yield start, cell.offset, cell.numerator


def _markets(content: ReportContent) -> Iterator[Sequence[object]]:
    for line in content.markets:
        revenue = None if line.revenue is None else line.revenue.value
        yield (line.market, line.customers, line.retention.numerator, revenue)


def _money(content: ReportContent) -> Answer:
    return {f"{line.start} {line.group}": float(line.revenue) for line in content.money}


if __name__ == "__main__":
    serve(work, BEGAN)
