"""Customers: lists by rule, group, market and number; files; nobody sees more than they may."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pytest
from django.test import Client

from regulars.metrics.segments import segment_size
from regulars.platform.core.models import AuditEntry, Job, User
from regulars.platform.customers.models import Contact, Customer
from regulars.platform.insights import api as insights
from regulars.platform.insights import runs
from regulars.platform.insights.models import Run, Snapshot
from regulars.platform.insights.predictions_tables import PREDICTIONS
from regulars.platform.site import Site
from regulars.platform.web import customer_lists
from regulars.platform.web.behind_words import rule_of
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(computed: Site) -> None:
    Customer.objects.bulk_create([Customer(number=number) for number in range(1, 251)])
    Contact.objects.create(
        customer_id=best(), name="=HYPERLINK(1)", email="best@example.org", phone="+47 1234"
    )


@pytest.fixture
def predicted(known: None) -> dict[int, tuple[float, str]]:
    """Customers 1 and 2 are predicted: risk and expected revenue of each."""
    told = {1: (0.9, "20.00"), 2: (0.2, "900.00")}
    run = runs.begin(Run.Sort.SCORES, Snapshot.objects.get(current=True), program="test")
    rows = [
        {"customer": number, "churn_probability": risk, "predicted_clv": Decimal(value)}
        for number, (risk, value) in told.items()
    ]
    runs.write(run, PREDICTIONS, pa.Table.from_pylist(rows, schema=PREDICTIONS.arrow))
    runs.show(run, {})
    return told


def best() -> int:
    """The customer with the most revenue."""
    with insights.asking() as analysis:
        return insights.members_page(analysis, limit=1).page[0].customer


def text_of(client: Client, **asked: Any) -> str:
    response = client.get("/customers" + (f"?{urlencode(asked)}" if asked else ""))
    assert response.status_code == 200
    return str(response.content.decode())


def shown(text: str) -> int:
    """How many customers the list says it has."""
    found = re.search(r"<p class=\"lead\">([\d,]+) customer", text)
    return int(found[1].replace(",", "")) if found else 0


def size_of(rule: str) -> int:
    with insights.asking() as analysis:
        return segment_size(analysis, rule)


def test_without_data_one_is_invited_to_bring_some(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_of(signed_in())


def test_the_list_opens_with_how_many_and_links_to_each(
    known: None, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    text_of(client)
    with django_assert_num_queries(7):
        text = text_of(client)
    assert shown(text) == 250 and "1 to 50 of 250" in text
    assert text.count('<th scope="row"><a href="/customers/') == 50
    assert "best@example.org" in text


def test_contacts_are_only_for_those_who_may_see_them(known: None, signed_in: SignedIn) -> None:
    text = text_of(signed_in("analyst"))
    assert "best@example.org" not in text and f"Customer {best()}" in text


def test_readers_see_nobody(known: None, signed_in: SignedIn) -> None:
    assert signed_in("reader").get("/customers").status_code == 403


def test_a_rule_a_group_and_a_market_narrow_the_list(known: None, signed_in: SignedIn) -> None:
    client = signed_in()
    assert shown(text_of(client, rule="orders >= 3")) == size_of("orders >= 3")
    assert shown(text_of(client, group="champions")) == size_of("rfm_group = champions")
    both = text_of(client, rule="orders >= 3", market="NO", group="loyal")
    assert shown(both) == size_of("orders >= 3 and market = NO and rfm_group = loyal")
    assert "Counted orders is at least 3." in both


def test_who_objected_to_profiling_is_in_no_rule_but_in_the_list(known: None, signed_in: SignedIn) -> None:
    client, before = signed_in(), size_of("active or not active")
    Customer.objects.filter(number=best()).update(no_profiling=True)
    assert shown(text_of(client)) == 250
    assert shown(text_of(client, rule="active or not active")) == before - 1


def test_a_mistake_is_pointed_at(known: None, signed_in: SignedIn) -> None:
    text = text_of(signed_in(), rule="orders >= 3 and cuntry = DE")
    assert "There is no column &#x27;cuntry&#x27;." in text
    assert "\n                ^^^^^^" in text and 'aria-invalid="true"' in text


@pytest.mark.parametrize(
    "rule", ["<script>alert(1)</script>", "orders = 'x'); DROP TABLE orders; --", "x" * 20_000]
)
def test_whatever_is_written_is_only_text(known: None, signed_in: SignedIn, rule: str) -> None:
    text = text_of(signed_in(), rule=rule)
    assert "<script>alert" not in text


def test_a_cell_of_the_triangle_opens_its_customers(known: None, signed_in: SignedIn) -> None:
    piece = insights.cohort_piece("quarter", None, "customers")
    assert piece is not None
    cohort, offset, _, numerator, *_ = next(
        cell for cell in piece["cells"] if cell[1] == 2 and cell[0][0] == "2"
    )
    text = text_of(signed_in(), cohort=cohort, by="quarter", offset=offset)
    assert shown(text) == round(float(numerator)) > 0
    assert "Customers who ordered first in" in text


def test_the_people_behind_a_figure_are_as_many_as_it_says(known: None, signed_in: SignedIn) -> None:
    row = next(
        row
        for row in insights.figure_rows("lost_customers", "quarter")
        if str(row.period_start) == "2025-07-01"
    )
    asked = {"behind": "lost_customers", "from": "2025-07-01", "to": "2025-10-01"}
    assert shown(text_of(signed_in(), **asked)) == row.value


@pytest.mark.parametrize(
    "query",
    [
        {"cohort": "2025-01-01", "by": "quarter"},
        {"cohort": "2025-01-01", "by": "month", "offset": "3"},
        *({"behind": what, "from": "2025-04-01", "to": "2025-07-01"} for what in (
            "customers_at_start", "customers_at_end", "kept_customers", "lost_customers", "won_customers",
            "won_first_time", "won_back", "new_customers", "buyers",
        )),
    ],
)  # fmt: skip
def test_whoever_is_behind_a_number_can_be_had_by_a_rule(computed: Site, query: dict[str, str]) -> None:
    behind = insights.behind(query)
    assert behind is not None
    with insights.asking() as analysis:
        by_number = insights.members_table(analysis, behind=behind)
        by_rule = insights.members_table(analysis, rule=rule_of(behind, analysis.window))
    assert by_number.column("customer").equals(by_rule.column("customer"))


def test_nobody_sees_markets_beyond_their_own(known: None, signed_in: SignedIn) -> None:
    client = signed_in("marketing", markets=["NO"])
    own = shown(text_of(client))
    assert own == size_of("market = NO")
    assert shown(text_of(client, market="DE")) == own
    assert shown(text_of(client, rule="market = DE")) == 0


def test_pages_and_sorting_are_links(known: None, signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_of(client, sort="orders", order="up", after="50")
    assert "51 to 100 of 250" in text and 'aria-sort="ascending"' in text
    assert 'rel="prev" href="?sort=orders&amp;order=up"' in text
    assert 'rel="next" href="?sort=orders&amp;order=up&amp;after=100"' in text
    assert shown(text_of(client, sort="nonsense", after="-4", market="??", offset="x")) == 0


def rows_in(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(content)))


def test_a_short_list_is_a_file_at_once(known: None, signed_in: SignedIn) -> None:
    client = signed_in("marketing")
    rows = rows_in(client.post("/customers/download", {"rule": "orders >= 3"}))
    assert len(rows) - 1 == size_of("orders >= 3") and rows[0][-3] == "RFM group"
    assert AuditEntry.objects.get(action="customers.downloaded").details == {
        "contacts": False, "asked": "rule=orders+%3E%3D+3",
    }  # fmt: skip
    with_contacts = rows_in(client.post("/customers/download", {"contacts": "1"}))
    [named] = [row for row in with_contacts if "best@example.org" in row]
    assert named[-3:] == ["'=HYPERLINK(1)", "best@example.org", "'+47 1234"]


def test_contacts_are_downloaded_only_by_those_who_may(known: None, signed_in: SignedIn) -> None:
    assert signed_in("analyst").post("/customers/download", {"contacts": "1"}).status_code == 403
    assert signed_in("service").post("/customers/download").status_code == 403
    assert signed_in("manager").get("/customers/download").status_code == 405


def test_a_long_list_is_made_in_the_background_for_its_asker_alone(
    known: None, signed_in: SignedIn, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_lists, "AT_ONCE", 10)
    client = signed_in("marketing", markets=["NO"])
    address = client.post("/customers/download", {"contacts": "1"}).headers["Location"]
    assert "made in the background" in client.get(address).content.decode()
    job = Job.objects.get(kind=customer_lists.KIND)

    class Quiet(customer_lists.Running):
        def progress(self, step: str, share: float | None = None) -> None:
            """Nobody looks."""

    result = customer_lists.write(Quiet(job.pk, job.arguments, User.objects.get(), 1))
    Job.objects.update(state=Job.State.DONE, result=result)
    rows = rows_in(client.get(f"{address}/fetch"))
    assert len(rows) - 1 == result["rows"] == size_of("market = NO")
    assert signed_in("manager").get(f"{address}/fetch").status_code == 404
    User.objects.filter(role="marketing").update(role="analyst")
    assert client.get(f"{address}/fetch").status_code == 403
    (site.exports / result["file"]).unlink()
    User.objects.filter(role="analyst").update(role="marketing")
    assert "has expired" in client.get(address).content.decode()


def test_in_german(known: None, signed_in: SignedIn) -> None:
    response = signed_in(language="de").get("/customers?rule=orders >= 3")
    assert response.status_code == 200 and '<html lang="de"' in response.content.decode()


def test_lists_show_and_sort_by_what_is_predicted_and_files_have_it(
    known: None, predicted: dict[int, tuple[float, str]], signed_in: SignedIn
) -> None:
    client = signed_in()
    for address, first in (
        ({"sort": "risk"}, 1),
        ({"sort": "value"}, 2),
        ({"sort": "risk", "rule": "orders >= 1"}, 1),
    ):
        text = text_of(client, **address)
        rows = text.split("<tbody>")[1].split("</tr>")
        risk, value = predicted[first]
        assert f"{risk:.0%}" in rows[0] and f"€{value}" in rows[0]
    assert "–" in rows[-2]  # who is not predicted stands last
    header, *lines = rows_in(client.post("/customers/download"))
    place = header.index("Risk (0 to 1)")
    assert sorted(line[place] for line in lines if line[place]) == ["0.2000", "0.9000"]


def test_a_segment_says_what_is_expected_of_its_people(
    known: None, predicted: dict[int, tuple[float, str]], signed_in: SignedIn
) -> None:
    with insights.asking() as analysis:
        found = insights.members_page(analysis, rule="orders >= 1", limit=1)
    assert (found.risk, found.value) == (pytest.approx(0.55), 920)
