"""What stands out rests on complete figures and enough evidence, and is worth what its formula says."""

from dataclasses import replace
from decimal import Decimal as Dec

import pytest

from regulars.report.content import Finding
from regulars.report.evidence import Evidence, FirstOrders, Overdue, Starts
from regulars.report.findings import MOST, candidates, choose
from regulars.report.findings_text import tell
from regulars.report.texts import LANGUAGES, words
from support import report_sample as sample

QUIET = Evidence(
    year_revenue=Dec(1_000_000), year_refunds=Dec(0), revenue_before_refunds=Dec(2_000_000), refunds=Dec(0),
    order_value=Dec(400), period_customers=4300, period_groups={}, first_orders=FirstOrders(0, 0, 0, 0),
    discounted=Starts(0, 0), full_price=Starts(0, 0), overdue=Overdue(0, None, None, Dec(0)),
)  # fmt: skip


def found(kind: str, *, evidence: Evidence = QUIET, **changes: object) -> Finding | None:
    """The candidate of that kind, if there is one."""
    return next((one for one in candidates(sample.content(**changes), evidence) if one.kind == kind), None)


def key_with(before: str, *, complete: bool = True) -> tuple[object, ...]:
    """Key figures with a retention rate of 61.4 % now, of 3,012 customers."""
    rate = sample.key_figure("retention_rate", "61.4", before)
    assert rate.before is not None
    return (replace(rate, before=replace(rate.before, complete=complete)), *sample.KEY[1:])


def test_a_fall_that_chance_would_rarely_make_is_found_with_its_worth() -> None:
    fall = found("retention_moved", key=key_with("66.4"))
    assert fall is not None
    assert fall.values["points"] == Dec("-5.0")
    assert fall.worth == Dec("5.0") / 100 * 3012 * 2000


def test_a_fall_that_chance_might_make_is_not_found() -> None:
    assert found("retention_moved", key=key_with("63.0")) is None


def test_an_incomplete_period_before_is_not_compared_with() -> None:
    assert found("retention_moved", key=key_with("66.4", complete=False)) is None


def test_a_market_that_keeps_far_fewer_is_found() -> None:
    lines = (
        sample.market("GB", 2700, "61.5", "59.7", "63.3"),
        sample.market("DE", 400, "45.0", "40.0", "50.0"),
    )
    apart = found("market_apart", markets=lines)
    assert apart is not None
    assert apart.values["market"] == "DE"
    assert apart.worth == Dec("16.5") / 100 * 400 * 2000


def test_a_small_market_is_never_found() -> None:
    lines = (sample.market("GB", 2700, "61.5", "59.7", "63.3"), sample.market("NO", 20, "5.0", "1.0", "20.0"))
    assert found("market_apart", markets=lines) is None


def test_the_second_order_is_the_hurdle_only_if_the_third_is_easier() -> None:
    hurdle = replace(QUIET, first_orders=FirstOrders(1000, 500, 400, 300))
    slope = replace(QUIET, first_orders=FirstOrders(1000, 500, 400, 150))
    first = found("second_order", evidence=hurdle)
    assert first is not None
    assert first.worth == 50 * 400
    assert found("second_order", evidence=slope) is None


def test_discount_starts_are_found_only_with_enough_of_them() -> None:
    many = replace(QUIET, discounted=Starts(300, 90), full_price=Starts(2000, 1000))
    few = replace(QUIET, discounted=Starts(12, 1), full_price=Starts(2000, 1000))
    start = found("discount_starts", evidence=many)
    assert start is not None
    assert start.worth == Dec(20) / 100 * 300 * 400
    assert found("discount_starts", evidence=few) is None


def test_overdue_customers_are_worth_what_they_spent() -> None:
    late = replace(QUIET, overdue=Overdue(71, Dec(30), Dec(139), Dec(221_875)))
    overdue = found("overdue", evidence=late)
    assert overdue is not None
    assert overdue.worth == Dec(221_875)


def test_what_more_retention_is_worth_needs_a_complete_year() -> None:
    assert found("more_retention") is not None
    assert found("more_retention", whatif=replace(sample.whatif(), complete=False)) is None


def test_there_are_at_most_five_one_of_a_kind_strongest_first() -> None:
    rich = replace(
        QUIET, refunds=Dec(200_000), year_refunds=Dec(100_000), period_groups={"loyal": Dec(9), "new": Dec(1)},
        overdue=Overdue(71, Dec(30), Dec(139), Dec(221_875)), first_orders=FirstOrders(1000, 500, 400, 300),
    )  # fmt: skip
    chosen = choose(sample.content(), rich)
    assert len(chosen) == MOST
    assert len({one.kind for one in chosen}) == MOST
    assert [one.score for one in chosen] == sorted((one.score for one in chosen), reverse=True)


def test_without_revenue_nothing_stands_out() -> None:
    assert choose(sample.content(), replace(QUIET, year_revenue=Dec(0))) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_finding_can_be_told_in_every_language(language: str) -> None:
    content, w = sample.content(), words(language)
    told = [tell(finding, content, w) for finding in sample.every_finding()]
    assert all(one.says and one.evidence for one in told)
    assert not any("{" in one.says + one.evidence + (one.worth or "") for one in told)
