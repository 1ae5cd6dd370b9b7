"""What a snapshot holds of the report beside the figures: what stands out, rhythm, what-if, bridge, quality, groups.

Of the whole, and of large markets what their customers alone say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from regulars.kernel.definitions import as_plain
from regulars.lake.engines.primitives import days_between
from regulars.metrics import WindowProposal
from regulars.metrics.analysis import Analysis
from regulars.platform.insights.listing import LISTING
from regulars.platform.insights.pieces import Piece, Tell
from regulars.report import ReportOptions, build, findings_text
from regulars.report.build import ground_of_market
from regulars.report.content import Ground
from regulars.report.texts import LANGUAGES, words


def part_key(name: str, market: str | None = None) -> str:
    """Under which key a part of the report stands: `findings`, `window`, `whatif`, `concentration` of a market (None: the
    whole); `bridge`, `quality` and `rfm` of the whole alone."""
    return name if market is None else f"{name}/{market}"


def report(analysis: Analysis, proposal: WindowProposal | None, tell: Tell) -> Iterator[Piece]:
    """What the report says of the whole."""
    options = ReportOptions(window_was_set=proposal is None, proposal=proposal)
    content = build(
        analysis, None, options, lambda step, share: tell(step, None if share is None else 0.65 + share * 0.2)
    )
    yield from _parts(content, None)
    yield "bridge", as_plain(content.bridge)
    yield "quality", as_plain(content.quality)
    yield (
        "rfm",
        {
            "as_of": str(content.rfm.as_of),
            "groups": [as_plain(group) for group in content.rfm.groups],
            "cells": [as_plain(cell) for cell in content.rfm.cells],
            "cuts": as_plain(content.rfm.cuts),
            "customers": content.rfm.customers,
            "markets": _groups_by_market(analysis),
        },
    )


def of_market(alone: Analysis, market: str) -> Iterator[Piece]:
    """What the customers of a market say, of an analysis that knows them alone."""
    return _parts(ground_of_market(alone), market)


def _parts(ground: Ground, market: str | None) -> Iterator[Piece]:
    period = [str(ground.kept.period_start), str(ground.kept.period_end)]
    yield part_key("findings", market), {"told": _told(ground), "period": period}
    shorter = [{**as_plain(one), "curve": []} for one in ground.window_by_history]
    yield part_key("window", market), {"proposal": as_plain(ground.window), "by_history": shorter}
    yield part_key("whatif", market), as_plain(ground.whatif)
    yield part_key("concentration", market), {"parts": as_plain(ground.concentration), "period": period}


def _told(ground: Ground) -> dict[str, list[dict[str, Any]]]:
    """The findings by language: what is so, how we know, what it is worth."""
    found = {}
    for language in LANGUAGES:
        told = [(one, findings_text.tell(one, ground, words(language))) for one in ground.findings]
        found[language] = [
            {"kind": one.kind, "says": it.says, "evidence": it.evidence, "how": it.worth,
             "worth": None if one.worth is None else str(one.worth), "values": as_plain(one.values)}
            for one, it in told
        ]  # fmt: skip
    return found


def _groups_by_market(analysis: Analysis) -> list[list[Any]]:
    """Lists of market, group, customers, revenue, orders, and the sum of days since the last order."""
    known = LISTING.filter(LISTING.market.notnull() & LISTING.rfm_group.notnull())
    away = days_between(ibis.literal(analysis.as_of, "date"), known.last_day)
    grouped = known.group_by("market", "rfm_group").agg(
        n=known.count(), revenue=known.revenue.sum(), orders=known.orders.sum(), days=away.sum()
    )
    rows = analysis.run(grouped).to_pylist()
    return sorted(
        [row["market"], row["rfm_group"], row["n"], str(row["revenue"]), row["orders"], row["days"]]
        for row in rows
    )
