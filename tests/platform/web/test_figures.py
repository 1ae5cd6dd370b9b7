"""The figure pages: what is so, in a sentence, a picture and a table; within one's markets; in one's language."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from regulars.metrics import FIGURES
from regulars.platform.core import jobs
from regulars.platform.core.models import Job
from regulars.platform.insights import api as insights
from regulars.platform.site import Site
from regulars.report.texts import words
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


def test_the_catalogue_shows_every_figure_also_before_anything_is_imported(
    site: Site, signed_in: SignedIn
) -> None:
    text = text_at(signed_in("reader"), "/figures")
    assert text.count('href="/figures/') == len(FIGURES)
    assert "they have values once orders are imported" in text


def test_the_catalogue_gives_values_and_finds_words(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in("reader")
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        text = text_at(client, "/figures?q=churn")
    assert "Revenue churn, gross" in text
    assert "Referral rate" not in text


def test_periods_that_overlap_are_named_by_their_last_day(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_at(client, "/figures/orders")
    assert "Each point is of the " in text and "up to its day." in text
    assert "Each point" not in text_at(client, "/figures/orders?period=quarter")


def test_markets_with_few_customers_stand_last_and_empty_columns_are_left_out(
    computed: Site, signed_in: SignedIn
) -> None:
    client = signed_in()
    text = text_at(client, "/figures/orders").partition('id="markets"')[2].partition("</table>")[0]
    assert "<table>" in text and "95% interval" not in text
    assert (
        "95% interval"
        in text_at(client, "/figures/retention_rate").partition('id="markets"')[2].partition("</table>")[0]
    )


def test_a_figure_says_what_the_library_says(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        text = text_at(client, "/figures/retention_rate?end=2025-09-30&period=quarter")
    row = next(
        row
        for row in insights.figure_rows("retention_rate", "quarter")
        if str(row.period_end) == "2025-10-01"
    )
    assert f"Q3 2025: {row.value:.1f}%" in text
    assert 'data-says="Q3 2025: Retention rate' in text
    assert "style=" not in text


def test_every_figure_has_a_page(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in("reader")
    for slug, figure in FIGURES.items():
        assert figure.name in html.unescape(text_at(client, f"/figures/{slug}?period=month")), slug


def test_an_unknown_figure_is_not_found(computed: Site, signed_in: SignedIn) -> None:
    assert signed_in("reader").get("/figures/nothing").status_code == 404


def test_its_sql_is_written_by_a_worker_and_then_shown_at_once(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client, page = signed_in("reader"), "/figures/orders/sql?period=year"
    write = page.replace("sql", "sql/write")
    assert "SELECT" not in text_at(client, page)
    fragment = {"HX-Request": "true"}
    assert "Waiting for its turn" in client.post(write, headers=fragment).content.decode()
    assert client.post(write)["Location"] == page
    (job,) = Job.objects.filter(kind="insights.sql")
    jobs.run_job.func(job.pk)
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        assert "SELECT" in text_at(client, page)
    assert "SELECT" not in text_at(client, "/figures/orders/sql")


def test_downloads_hold_what_the_page_shows(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in("reader")
    records = json.loads(client.get("/figures/orders.json?period=quarter").content)
    whole = [record for record in records if not record["dimensions"]]
    rows = insights.figure_rows("orders", "quarter")
    assert [Decimal(record["value"]) for record in whole] == [row.value for row in rows]
    lines = b"".join(client.get("/figures/orders.csv?period=quarter").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == len(records) + 1
    assert lines[0].startswith("\ufeffmetric,period_start,period_end,market,value")


def test_who_is_limited_to_a_market_sees_no_other_and_no_total(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in("analyst", markets=["RO"])
    text = text_at(client, "/figures/orders?market=DE")
    assert "Romania" in text
    assert "Germany" not in text
    records = json.loads(client.get("/figures/orders.json").content)
    assert {record["dimensions"].get("market") for record in records} == {"RO"}


def test_in_german(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in("reader", language="de"), "/figures/retention_rate")
    assert words("de").say("Retention rate") in text
