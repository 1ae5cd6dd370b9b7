"""What customers say: K14 NPS, K15 CSAT, K16 effort, K18 who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import bit_or
from regulars.lake.tables import FEEDBACK
from regulars.metrics.activity import customers_by_period
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import less, share, total
from regulars.metrics.catalogue.families import Bit, presence_masks
from regulars.metrics.counted import with_aliases
from regulars.metrics.daily import in_periods
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Interval, Number, Record, Sums
from regulars.metrics.intervals import of_mean
from regulars.metrics.plan import Plan

_ANSWERS = ("nps", "csat", "ces", "answer")
_SCORE = "decimal(18, 4)"


def _facts(plan: Plan, by: By) -> ir.Table:
    """Feedback known by the as-of day, with `person`: the customer, or the answer itself where nobody is known."""
    facts = with_aliases(FEEDBACK.ibis) if plan.merged else FEEDBACK.ibis
    facts = facts.filter(facts.local_day < ibis.literal(plan.as_of, "date"))
    person = ibis.coalesce(facts.customer.cast("string"), facts.source + ":" + facts.feedback_id)
    return by.attach(facts.mutate(person=person), "feedback")


def _nps(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Promoters, detractors and all answers: the latest of each person and period."""
    facts = _facts(plan, by)
    facts = facts.filter((facts.kind == "nps") & facts.score.notnull())
    spans = calendar.spans
    pairs = facts.join(spans, [facts.local_day >= spans.period_start, facts.local_day < spans.period_end])
    latest = ibis.window(
        group_by=[pairs.period, *(pairs[name] for name in by.names), pairs.person],
        order_by=[pairs.local_day.desc(), pairs["at"].desc(), pairs.source, pairs.feedback_id.desc()],
    )
    ranked = pairs.mutate(place=ibis.row_number().over(latest))
    last = ranked.filter(ranked.place == 0)
    return last.group_by(["period", *by.names]).agg(
        promoters=(last.score >= 9).cast("int64").sum(),
        detractors=(last.score <= 6).cast("int64").sum(),
        nps_answers=last.count(),
    )


def _nps_interval(sums: Sums) -> Interval | None:
    plus, minus = sums["promoters"], sums["detractors"]
    found = of_mean(plus - minus, plus + minus, sums["nps_answers"])
    return None if found is None else Interval(found.low * 100, found.high * 100)


def _scores(kind: str, low: int, high: int) -> Family:
    """Scores counted by value and scale, the better the higher; `low`, `high`: the scale where none is declared."""

    def query(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
        facts = _facts(plan, by)
        facts = facts.filter((facts.kind == kind) & facts.score.notnull())
        exact = facts.select(
            "local_day",
            *by.names,
            score=facts.score.cast(_SCORE),
            low=facts.scale_low.fill_null(float(low)).cast(_SCORE),
            high=facts.scale_high.fill_null(float(high)).cast(_SCORE),
            turned=facts.lower_is_better.fill_null(False),
        )
        keys = (*by.names, "score", "low", "high", "turned")
        return in_periods(exact, calendar, keys, {"n": exact.count()})

    def fold(records: Iterable[Record]) -> dict[str, Number]:
        return _on_scale(kind, records, Decimal(low), Decimal(high))

    return Family(kind, "feedback", query, needs=("feedback",), fold=fold)


def _on_scale(kind: str, records: Iterable[Record], low: Decimal, high: Decimal) -> dict[str, Number]:
    """Answers, satisfied ones (in the top quarter of their scale), and sums of the scores brought to one scale."""
    found = dict.fromkeys(("answers", "satisfied", "total", "squares"), Decimal(0))
    for record in records:
        bottom, top, n = record["low"], record["high"], Decimal(record["n"])
        if top <= bottom or not bottom <= record["score"] <= top:
            continue  # not on its own scale: quality lists it
        score = bottom + top - record["score"] if record["turned"] else record["score"]
        place = (score - bottom) / (top - bottom)
        value = low + place * (high - low)
        found["answers"] += n
        found["satisfied"] += n if 4 * place >= 3 else 0
        found["total"] += n * value
        found["squares"] += n * value * value
    return {f"{kind}_{name}": value for name, value in found.items()}


def _responses(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Invitations, and answers to surveys that invite; one person's answers at one instant to a survey are one."""
    facts = _facts(plan, by)
    surveys = facts.filter(facts.kind == "invitation").select(invited="survey").distinct()
    answers = facts.filter(facts.kind.isin(_ANSWERS))
    known = answers.join(surveys, answers.survey.fill_null("") == surveys.invited.fill_null(""))
    given = known.select(
        "local_day", *by.names, "person", when=known["at"], to=known.survey.fill_null("")
    ).distinct()
    one, nothing = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    invitations = facts.filter(facts.kind == "invitation")
    both = ibis.union(
        given.select("local_day", *by.names, responses=one, invitations=nothing),
        invitations.select("local_day", *by.names, responses=nothing, invitations=one),
    )
    sums = {name: both[name].sum() for name in ("responses", "invitations")}
    return in_periods(both, calendar, by.names, sums)


def _voices(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Customers at the end, and those of them who said anything in the period."""
    facts = _facts(plan, By())
    facts = facts.filter(facts.kind != "invitation")
    days = calendar.days
    joined = facts.join(days, facts.local_day == days.day)
    said = joined.group_by(speaker=facts.customer).agg(
        **{f"said_{chunk.index}": bit_or(days[f"within_{chunk.index}"]) for chunk in calendar.chunks}
    )
    presence = presence_masks(plan, calendar)
    ats = [f"at_{chunk.index}" for chunk in calendar.chunks]
    found = presence.left_join(said, presence.customer == said.speaker).select(
        presence.customer,
        *(presence[name] for name in ats),
        **{f"said_{chunk.index}": said[f"said_{chunk.index}"].fill_null(0) for chunk in calendar.chunks},
    )

    def states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
        active = bit("at", spans.end_bit)
        return {"active": active, "active_voices": active & bit("said", spans.within_bit)}

    return customers_by_period(by.attach(found, "customers"), calendar, by.names, ("at", "said"), states)


NPS = Family("nps", "feedback", _nps, needs=("feedback",))
CSAT = _scores("csat", 1, 5)
CES = _scores("ces", 1, 7)
RESPONSES = Family("responses", "feedback", _responses, needs=("feedback",))
VOICES = Family("voices", "customers", _voices, needs=("presence", "feedback"))


def _mean_interval(kind: str) -> Callable[[Sums], Interval | None]:
    return lambda sums: of_mean(sums[f"{kind}_total"], sums[f"{kind}_squares"], sums[f"{kind}_answers"])


def _mean(slug: str, row: str, name: str, words: str, symbols: str, kind: str, family: Family) -> Figure:
    return Figure(
        slug, row, name, words, symbols, "score", "up", (family,), total(f"{kind}_total"),
        total(f"{kind}_answers"), interval=_mean_interval(kind), looks_back="period",
    )  # fmt: skip


FIGURES = (
    Figure(
        "nps", "K14", "Net Promoter Score",
        "Share of promoters (9-10) less share of detractors (0-6); passives (7-8) stay in the base. The latest answer of "
        "each person and period counts.",
        "(promoters - detractors) / answers x 100",
        "score", "up", (NPS,), less("promoters", "detractors"), total("nps_answers"), scale=100,
        interval=_nps_interval, looks_back="period",
    ),
    share(
        "csat", "K15", "Customer satisfaction",
        words="Share of satisfied answers: 4-5 of 5, and on any other declared scale its top quarter.",
        symbols="answers of 4-5 / answers x 100",
        part=total("csat_satisfied"), whole=total("csat_answers"), better="up", families=(CSAT,), looks_back="period",
    ),
    _mean("csat_mean", "K15", "Customer satisfaction, mean", "Mean satisfaction on the scale of 1 to 5; other declared "
          "scales are stretched to it.", "sum of scores / answers", "csat", CSAT),
    _mean("ces_mean", "K16", "Customer effort score", "Mean of 1 to 7, where 7 is easy and higher is better. Scales "
          "declared as lower is better are turned round, other declared scales stretched to it.",
          "sum of scores / answers", "ces", CES),
    share(
        "survey_response_rate", "K18", "Survey response rate",
        words="Answers to surveys that invite, of the invitations of the period. What one person answers at one moment "
              "to a survey is one answer.",
        symbols="answers / invitations x 100",
        part=total("responses"), whole=total("invitations"), better="up", families=(RESPONSES,), looks_back="period",
    ),
    share(
        "feedback_participation", "K18", "Customers who gave feedback",
        words="Share of the customers at the period's end who gave any feedback in it: an answer, a review, a mention.",
        symbols="customers at e with feedback in [s, e) / E x 100",
        part=total("active_voices"), whole=total("active"), better="up", families=(VOICES,),
    ),
)  # fmt: skip
