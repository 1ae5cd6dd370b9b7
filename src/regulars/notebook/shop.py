"""One shop's facts, open: ask it for figures, cohorts, RFM, segments, charts. The command asks the same object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import TracebackType

from regulars.kernel.periods import GRAIN_DAYS, Grain, rolling
from regulars.kernel.progress import Progress, silent
from regulars.metrics import (
    Bridge,
    Cohorts,
    Quality,
    Rfm,
    WhatIf,
    WindowProposal,
    bridge,
    cohorts,
    propose_window,
    quality,
    rfm,
    whatif,
)
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import FIGURES, figure
from regulars.metrics.cohorts import By as CohortBy
from regulars.metrics.cohorts import Measure
from regulars.metrics.opening import Opened
from regulars.notebook.charts import Charts
from regulars.notebook.results import Figures
from regulars.notebook.segments import Segment, segment_of
from regulars.notebook.splits import answered, prepared
from regulars.report import ReportContent, ReportOptions, build
from regulars.report.build import given
from regulars.sources import ImportSummary


class Shop:
    """Figures from one set of files or one lake. Made by `regulars.read` and `regulars.open_lake`; close it, or use `with`."""

    def __init__(self, ready: Opened) -> None:
        self._ready = ready
        self.chart = Charts(self)

    @property
    def analysis(self) -> Analysis:
        """The analysis beneath: engine, definitions, as-of day, coverage."""
        return self._ready.analysis

    @property
    def summary(self) -> ImportSummary | None:
        """What was read and how it was understood; None for a lake."""
        return self._ready.summary

    @property
    def proposal(self) -> WindowProposal | None:
        """The activity window that was proposed; None where one was set."""
        return self._ready.proposal

    def figures(
        self,
        *slugs: str,
        period: Grain = "month",
        by: str | Sequence[str] = (),
        where: str | None = None,
        segments: Mapping[str, str] | None = None,
        rolling: bool = False,
    ) -> Figures:
        """Key figures by period; none named means all that the facts can answer.

        `by`: names of dimensions (market, country, channel, category, cohort, segment). `where`: a segment rule; only
        customers who match it count. `segments`: rules by name for `by="segment"` (default: the RFM groups).
        `rolling`: periods that end with the as-of day instead of standard ones.
        Raises InputError for a name that is not known, RuleError for a mistake in a rule.
        """
        asked = tuple(figure(slug) for slug in slugs) or tuple(FIGURES.values())
        split = prepared(self.analysis, (by,) if isinstance(by, str) else tuple(by), where, segments)
        calendar = self.calendar(period, rolling=rolling)
        rows = tuple(answered(self.analysis, asked, calendar, split))
        if not slugs:
            known = {row.metric for row in rows if row.value is not None}
            asked = tuple(one for one in asked if one.slug in known)
            rows = tuple(row for row in rows if row.metric in known)
        return Figures(rows, asked, self.analysis, calendar, split.dimensions)

    def calendar(self, period: Grain, *, rolling: bool = False) -> Calendar:
        """The periods that figures are cut by."""
        if not rolling:
            return self.analysis.calendar(period)
        return _rolling(self.analysis, period)

    def cohorts(
        self, by: CohortBy = "first_order", *, period: Grain = "month", measure: Measure = "customers",
        columns: int | None = None,
    ) -> Cohorts:  # fmt: skip
        """Customers who began together and what became of them."""
        return cohorts(self.analysis, period, by, measure, periods=columns)

    def rfm(self, as_of: date | None = None) -> Rfm:
        """Recency, frequency, money."""
        return rfm(self.analysis, as_of)

    def segment(self, rule: str) -> Segment:
        """Who a rule finds: `orders >= 3 and days_since_last_order > 90`. Raises RuleError that points at the word."""
        return segment_of(self.analysis, rule)

    def window(self) -> WindowProposal:
        """The activity window that the data proposes, whatever window is set."""
        return self._ready.proposal or propose_window(self.analysis)

    def whatif(self, **changes: Decimal | None) -> WhatIf:
        """What more retention would be worth; see `regulars.metrics.whatif` for the changes."""
        return whatif(self.analysis, **changes)

    def bridge(self) -> Bridge:
        """From the files' total to the revenue used."""
        return bridge(self.analysis, given(self.summary))

    def quality(self) -> Quality:
        """What in the data may mislead, with its effect."""
        return quality(self.analysis)

    def report(self, options: ReportOptions | None = None, progress: Progress = silent) -> ReportContent:
        """Everything that the report shows; `regulars.report.render_html` makes the page of it."""
        chosen = options or ReportOptions()
        settled = replace(chosen, window_was_set=self.proposal is None, proposal=self.proposal)
        return build(self.analysis, self.summary, settled, progress)

    def close(self) -> None:
        """Free the engine and its temporary data."""
        self.analysis.engine.close()

    def __enter__(self) -> Shop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        analysis = self.analysis
        found = self._ready.proposal
        window = "set" if found is None else "proposed" + (", weak" if found.weak else "")
        version = "" if analysis.lake_version is None else f", lake version {analysis.lake_version}"
        return (
            f"<regulars.Shop {analysis.coverage.first} to {analysis.coverage.last}, as of {analysis.as_of}, "
            f"{analysis.definitions.currency}, window {analysis.window} days ({window}){version}>"
        )


def _rolling(analysis: Analysis, period: Grain) -> Calendar:
    end = min(analysis.as_of, analysis.coverage.last + timedelta(days=1))
    count = max(1, (end - analysis.coverage.first).days // GRAIN_DAYS[period])
    return Calendar(f"rolling_{period}", rolling(period, end, count), analysis.window)
