"""Fill the report's content from an analysis and from what the import learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from regulars.kernel.periods import rolling, shortest_at_least
from regulars.kernel.progress import Progress, silent
from regulars.metrics import (
    Bridge,
    Given,
    Quality,
    WhatIf,
    WindowProposal,
    bridge,
    cohorts,
    propose_by_history,
    quality,
    rfm,
    whatif,
)  # fmt: skip
from regulars.metrics.analysis import Analysis
from regulars.report import evidence, findings, people
from regulars.report.ahead import Ahead
from regulars.report.content import Concentration, Ground, ReportContent
from regulars.report.figures import Asked, costs, kept, key_figures, markets, money, movement
from regulars.sources import ImportSummary

BEST_PARTS = (1, 10, 20)  # per cent of customers
HISTORIES = (6, 12, 24)  # months


@dataclass(frozen=True)
class ReportOptions:
    """`name`: what the report is about; None takes the sources' names. `window_was_set`: by the reader, not proposed.

    `proposal`: the window proposal, where it was made already. `people`: name overdue customers; `names` gives what
    a source calls the customers of these numbers (a missing one is shown by its number). `market`: the one whose
    customers alone the analysis is of (`metrics.kept.take_up`). `predict`: with what will happen, which takes longer than
    all of the rest.
    """

    name: str | None = None
    window_was_set: bool = False
    proposal: WindowProposal | None = None
    people: bool = False
    names: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    market: str | None = None
    predict: bool = False


def build(
    analysis: Analysis,
    summary: ImportSummary | None = None,
    options: ReportOptions | None = None,
    progress: Progress = silent,
) -> ReportContent:
    """Everything that the page shows. Definitions must have window and currency settled."""
    options = options or ReportOptions()
    grain = shortest_at_least(analysis.window)
    before, now = rolling(grain, analysis.as_of, 2)
    progress("counting orders", None)
    analysis.prepare()
    asked = Asked(analysis, now, before, grain)
    steps = _Steps(progress, 7)
    # Between two questions Python words the next one: a second asker keeps the engine busy meanwhile.
    with analysis.beside() as second, ThreadPoolExecutor(1) as pool:
        rest = pool.submit(_rest, second, asked, summary, options) if second is not None else None
        steps.next("key figures")
        key = key_figures(asked)
        trend = next((figure.trend for figure in key if figure.slug == "retention_rate"), ())
        who_stays = kept(asked)
        steps.next("markets")
        by_market = markets(asked) if options.market is None else ()
        steps.next("movements by month")
        months = movement(asked)
        steps.next("cohorts")
        triangle = cohorts(analysis)
        steps.next("RFM")
        scores = rfm(analysis)
        steps.next("who the money comes from")
        mix = money(asked)
        steps.next("gaps, what more retention is worth, bridge, data quality")
        found = rest.result() if rest is not None else _rest(analysis, asked, summary, options)
    content = ReportContent(
        name=options.name or _name(analysis),
        first=analysis.coverage.first,
        last=min(analysis.coverage.last, analysis.as_of - timedelta(days=1)),
        as_of=analysis.as_of,
        currency=analysis.definitions.currency or "XXX",
        window_days=analysis.window,
        window_was_set=options.window_was_set,
        grain=grain,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
        findings=(),
        key=key,
        kept=who_stays,
        trend=trend,
        movement=months,
        cohorts=triangle,
        rfm=scores,
        markets=by_market,
        window=options.proposal or found.window,
        window_by_history=found.by_history,
        money=mix,
        concentration=found.concentration,
        whatif=found.whatif,
        bridge=found.bridge,
        costs=costs(asked, margin_known=found.whatif.basis == "margin") if options.market is None else None,
        quality=found.quality,
        summary=summary,
        people=people.overdue(analysis, options.names) if options.people else None,
        market=options.market,
    )
    known = evidence.gather(analysis, asked.groups(), found.customers)
    content = replace(content, findings=findings.choose(content, known))
    return replace(content, ahead=_ahead(analysis, progress)) if options.predict else content


def _ahead(analysis: Analysis, progress: Progress) -> Ahead | None:
    """What will happen; None where the history allows nothing to be said."""
    from regulars.report.looking import look_ahead  # noqa: PLC0415 - loads the learners, which figures do not need

    found = look_ahead(analysis, progress=progress)
    return None if found.empty else found


@dataclass(frozen=True)
class _Rest:
    """What nothing else of the report waits for."""

    window: WindowProposal
    by_history: tuple[WindowProposal, ...]
    customers: int
    concentration: tuple[Concentration, ...]
    whatif: WhatIf
    bridge: Bridge | None
    quality: Quality | None


def _rest(analysis: Analysis, asked: Asked, summary: ImportSummary | None, options: ReportOptions) -> _Rest:
    whole, *histories = propose_by_history(analysis, (None, *HISTORIES))
    customers, best = _concentration(replace(asked, analysis=analysis))
    worth = whatif(analysis)
    of_all = options.market is None
    return _Rest(
        whole, tuple(histories), customers, best, worth,
        bridge(analysis, given(summary)) if of_all else None,
        quality(analysis) if of_all else None,
    )  # fmt: skip


def ground_of_market(analysis: Analysis) -> Ground:
    """What stands out among one market's customers and what it rests on, of an analysis of them alone. The numbers
    are those of the market's report."""
    grain = shortest_at_least(analysis.window)
    before, now = rolling(grain, analysis.as_of, 2)
    analysis.prepare()
    asked = Asked(analysis, now, before, grain)
    whole, *histories = propose_by_history(analysis, (None, *HISTORIES))
    customers, best = _concentration(asked)
    ground = Ground(
        currency=analysis.definitions.currency or "XXX",
        window_days=analysis.window,
        key=key_figures(asked, ("retention_rate",)),  # the one that findings look at
        kept=kept(asked),
        markets=(),
        window=whole,
        window_by_history=tuple(histories),
        concentration=best,
        whatif=whatif(analysis),
        bridge=None,
        quality=None,
        findings=(),
    )
    known = evidence.gather(analysis, asked.groups(), customers)
    return replace(ground, findings=findings.choose(ground, known))


def _concentration(asked: Asked) -> tuple[int, tuple[Concentration, ...]]:
    """Customers in the headline period, and what the best of them bring."""
    customers, parts = evidence.concentration(asked.analysis, asked.now, BEST_PARTS)
    return customers, tuple(
        Concentration(Decimal(part) / 100, number, share)
        for part, (number, share) in zip(BEST_PARTS, parts, strict=False)
    )


class _Steps:
    """Tells progress in equal steps."""

    def __init__(self, progress: Progress, count: int) -> None:
        self._progress, self._count, self._done = progress, count, 0

    def next(self, step: str) -> None:
        self._progress(step, self._done / self._count)
        self._done += 1


def _name(analysis: Analysis) -> str:
    return ", ".join(sorted({one.source for one in analysis.coverage.sources}))


def given(summary: ImportSummary | None) -> tuple[Given, ...]:
    """What the import left out before there were facts, for the bridge's notes."""
    if summary is None:
        return ()
    duplicates = sum(file.duplicates for file in summary.files)
    left_out: dict[str, int] = {}
    for file in summary.files:
        for reason in file.left_out:
            left_out[reason.reason] = left_out.get(reason.reason, 0) + reason.rows
    found = [Given("duplicates", "Twice in the files", duplicates)] if duplicates else []
    found += [Given("left_out", reason, rows) for reason, rows in left_out.items()]
    if summary.rejected:
        found.append(Given("rejected", "Rows that cannot be read", summary.rejected))
    return tuple(found)
