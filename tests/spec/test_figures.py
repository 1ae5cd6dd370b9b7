"""Every figure gives the answers that were worked out by hand, on every engine."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.errors import MissingRateError
from regulars.lake.engines import Engine
from regulars.metrics.analysis import Analysis
from regulars.metrics.bridge import bridge
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import FIGURES, figure
from regulars.metrics.opening import settle_rates
from spec import reference
from spec.reference import SPECS
from spec.splits import CURRENCIES
from spec.tables import Answer, Spec, load


def found(engine: Engine, spec: Spec) -> dict[Answer, tuple[str | None, str | None, str | None]]:
    """What the engine says for each answer, in the answer's own number of decimals."""
    load(engine, spec.facts)
    window = spec.definitions.window_days
    assert window is not None
    settle_rates(engine, spec.definitions)
    analysis = Analysis.of(engine, spec.definitions, as_of=max(period.end for period in spec.periods))
    calendar = Calendar("spec", spec.periods, window)
    known = {}
    for names in dict.fromkeys(_split(answer) for answer in spec.answers):
        slugs = dict.fromkeys(answer.figure for answer in spec.answers if _split(answer) == names)
        for row in analysis.rows([figure(slug) for slug in slugs], calendar, by=names):
            known[row.metric, row.dimensions, row.period_start] = row
    result = {}
    for answer in spec.answers:
        row = known[answer.figure, answer.of, spec.periods[answer.period].start]
        result[answer] = (
            _text(row.value, 4),
            _text(row.numerator, 4) if answer.numerator else answer.numerator,
            _text(row.denominator, 4) if answer.denominator else answer.denominator,
        )
    return result


def _split(answer: Answer) -> tuple[str, ...]:
    own = {name for family in figure(answer.figure).families for name in family.own}
    return tuple(name for name, _ in answer.of if name not in own)


def _text(value: Decimal | None, places: int) -> str | None:
    if value is None:
        return None
    return format(round(value, places).normalize() + Decimal(0), "f")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_figures_are_as_worked_out_by_hand(engine: Engine, spec: Spec) -> None:
    expected = {answer: (answer.value, answer.numerator, answer.denominator) for answer in spec.answers}
    assert found(engine, spec) == expected


def test_a_day_without_a_rate_within_seven_days_is_an_error_that_names_it(engine: Engine) -> None:
    late = CURRENCIES.facts["orders"].replace("2024-04-08", "2024-04-09")
    load(engine, {**CURRENCIES.facts, "orders": late})
    with pytest.raises(MissingRateError, match="XTS"):
        settle_rates(engine, CURRENCIES.definitions)


def test_what_does_not_count_needs_no_rate(engine: Engine) -> None:
    orders = """
        customer | order_id | local_day  | goods | currency | cancelled | payment_state | test
        1        | a        | 2024-04-01 | 100   | EUR      | no        | paid          | no
        2        | b        | 2024-04-02 | 100   | XTS      | yes       | paid          | no
        3        | c        | 2024-04-02 | 100   | XTS      | no        | failed        | no
        4        | d        | 2024-04-02 | 100   |          | no        | paid          | yes
                 | e        | 2024-04-02 | 100   | XTS      | no        | paid          | no
        """
    payments = """
        payment_id | order_id | customer | kind    | local_day  | goods | currency | day_known
        r          | b        | 2        | refund  | 2024-04-16 | 40    | XTS      | yes
        p          | a        | 1        | payment | 2024-04-16 | 40    | XTS      | yes
        """
    load(
        engine,
        {**CURRENCIES.facts, "orders": orders, "payments": payments, "fx_rates": "currency | day | per_euro"},
    )
    settle_rates(engine, CURRENCIES.definitions)
    analysis = Analysis.of(engine, CURRENCIES.definitions)
    found = bridge(analysis)
    assert (found.line("revenue").amount, found.line("without_rate").orders) == (Decimal(100), 4)


def test_a_refund_that_counts_needs_a_rate(engine: Engine) -> None:
    payments = CURRENCIES.facts["payments"].replace("XTS", "XXX")
    load(engine, {**CURRENCIES.facts, "payments": payments})
    with pytest.raises(MissingRateError, match="XXX to EUR for 1 refunds"):
        settle_rates(engine, CURRENCIES.definitions)


def test_every_figure_has_an_answer_worked_out_by_hand() -> None:
    answered = {answer.figure for spec in SPECS for answer in spec.answers if answer.value is not None}
    assert set(FIGURES) - answered == set()


def test_the_reference_of_the_figures_is_up_to_date() -> None:
    assert reference.FILE.read_text(encoding="utf-8") == reference.reference(), (
        "docs/figures.md is stale; write it with: PYTHONPATH=tests python -m spec.reference"
    )
