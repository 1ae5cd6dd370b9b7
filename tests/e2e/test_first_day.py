"""The first day with the platform, in a real browser: in order, each test going on where the one before ended."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import regulars
from support.browser import faults
from support.live import PASSWORD, Live

# Column names that nobody would recognise: what they are is said on screen.
COLUMNS = {"K1": "order_id", "K2": "customer_id", "K3": "at", "K4": "goods", "K5": "country"}
MARKETS = ("DE", "NO", "RO")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of a made-up shop: 300 customers, some of whom come back."""
    chance = random.Random(7)
    file = tmp_path_factory.mktemp("export") / "export.csv"
    rows, number = [], 1000
    for customer in range(300):
        day = date(2024, 1, 1) + timedelta(days=chance.randrange(650))
        while day < date(2026, 1, 1):
            number += 1
            rows.append(
                [
                    number,
                    f"c{customer}",
                    f"{day} 12:00:00",
                    f"{chance.randrange(10, 200)}.00",
                    MARKETS[customer % 3],
                ]
            )
            day += timedelta(days=chance.randrange(15, 150) if chance.random() < 0.75 else 10_000)
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([list(COLUMNS), *rows])
    return file


@pytest.fixture(scope="module")
def page(chromium: Any, live: Live) -> Any:
    """One tab, which stays signed in; any error that its console shows fails the test that follows."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True
    )
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    tab.problems = []
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    tab.on(
        "console",
        lambda said: tab.problems.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield tab
    context.close()


@pytest.fixture(autouse=True)
def _no_problems(page: Any) -> Any:
    page.problems.clear()
    yield
    assert page.problems == []


def test_the_first_user_is_made_with_the_printed_code(page: Any, live: Live) -> None:
    page.goto(f"{live.address}/welcome?token={live.setup_code}")
    page.fill("[name=name]", "Ann")
    page.fill("[name=email]", "ann@example.org")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    if not page.input_value("[name=token]"):
        page.fill("[name=token]", live.setup_code)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live.address}/")
    assert page.locator("h1").inner_text() == "Today"


def test_orders_are_imported_with_a_mapping_made_on_screen(page: Any, live: Live, export: Path) -> None:
    page.goto(f"{live.address}/data/new")
    page.set_input_files("input[type=file]", str(export))
    page.fill("[name=source]", "shop")
    page.click("main button[type=submit]")
    page.get_by_role("link", name="Say what the columns are").click(timeout=60_000)
    for column, meaning in COLUMNS.items():
        with page.expect_response(lambda response: "/mapping" in response.url):
            page.get_by_label(column, exact=True).select_option(meaning)
    with page.expect_response(lambda response: "/mapping" in response.url):
        page.get_by_label("Currency").fill("EUR")
        page.get_by_label("Currency").blur()
    page.get_by_role("button", name="Look at the files with this").click()
    page.get_by_role("button", name="Import now").click(timeout=60_000)
    page.get_by_text("Imported", exact=True).first.wait_for(timeout=90_000)


def test_a_figure_is_what_the_library_says(page: Any, live: Live) -> None:
    page.goto(f"{live.address}/figures/retention_rate?period=quarter")
    for _ in range(60):
        if page.locator("table").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    shown = {
        (row["period_start"], row["period_end"]): row["value"]
        for row in csv.DictReader(Path(download.value.path()).read_text().splitlines())
        if not row.get("market")
    }
    with regulars.open_lake(live.home / "lake") as shop:
        known = shop.figures("retention_rate", period="quarter").rows
    expected = {(str(row.period_start), str(row.period_end)): row.value for row in known}
    compared = {key: value for key, value in expected.items() if key in shown and value is not None}
    assert len(compared) >= 4
    assert all(abs(float(shown[key]) - float(value)) < 1e-6 for key, value in compared.items())


def test_a_cell_of_the_cohorts_leads_to_its_customers(page: Any, live: Live) -> None:
    page.goto(f"{live.address}/retention")
    page.get_by_role("link", name="Cohorts").click()
    cell = page.locator("table.heat td a").nth(8)
    cell.wait_for()
    cell.click()
    page.wait_for_url("**/customers**")
    rows = page.locator("main table tbody tr")
    rows.first.wait_for()
    rows.first.locator("a").first.click()
    page.wait_for_url("**/customers/*")
    assert page.locator("h1").inner_text().startswith("Customer ")  # the export has no names


def test_a_goal_is_checked_letter_by_letter_and_set(page: Any, live: Live) -> None:
    page.goto(f"{live.address}/goals/new")
    page.get_by_label("Figure", exact=True).select_option("retention_rate")
    page.get_by_label("By how much").fill("5")
    page.get_by_label("points, or units of the figure", exact=False).check()
    page.get_by_label("Until").fill("2027-06-30")
    page.get_by_label("Why it matters").fill("Winning a customer costs more than keeping one.")
    page.get_by_role("button", name="Check it").click()
    page.get_by_text("Letter by letter", exact=False).wait_for()
    page.get_by_role("button", name="Set this goal").click()
    page.goto(f"{live.address}/goals")
    assert page.get_by_role("link", name="Retention rate", exact=False).count() >= 1


_MORE_ORDERS = """
import json, sys
from pathlib import Path
from regulars.platform.intake.api import bring
from regulars.platform.intake.models import Import
done = Import.objects.filter(state="done").first()
print(json.dumps(bring(files=[(Path(sys.argv[1]), "shop")], mapping=done.mapping, options=done.options)))
"""


def test_an_alert_is_mailed_when_new_orders_cross_its_limit(page: Any, live: Live, export: Path) -> None:
    page.goto(f"{live.address}/alerts/new")
    page.get_by_label("Figure", exact=True).select_option("orders")
    page.get_by_label("Measured").select_option("year")
    page.get_by_label("When it is").select_option("above")
    page.get_by_label("The limit").fill("1")
    page.get_by_label("Ann", exact=False).first.check()
    page.get_by_role("button", name="Watch this").click()
    page.wait_for_url(lambda address: "new" not in address)
    more = export.with_name("more.csv")
    more.write_text(",".join(COLUMNS) + "\n999999,c1,2026-01-05 12:00:00,50.00,DE\n")
    live.inside(_MORE_ORDERS, str(more))
    for _ in range(120):
        if live.mailbox.messages:
            break
        page.wait_for_timeout(1000)
    (mail,) = live.mailbox.messages
    body = mail.get_body(("plain",))
    assert body is not None and "Orders" in body.get_content() and live.address in body.get_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["/", "/overview", "/overview/money", "/overview/bridge", "/retention", "/retention?tab=cohorts", "/retention?tab=gaps",
     "/retention?tab=worth", "/customers", "/segments", "/segments/groups", "/segments/new", "/markets", "/data/quality",
     "/figures", "/figures/aov", "/goals", "/alerts", "/reports", "/data", "/data/new", "/settings", "/users", "/audit", "/account"],
)  # fmt: skip
def test_no_page_keeps_people_out(page: Any, live: Live, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    response = page.goto(live.address + path)
    assert response.status == 200 and page.url == live.address + path  # not led away to sign in
    assert faults(page) == []


@pytest.mark.parametrize(
    "path",
    ["/", "/overview", "/overview/bridge", "/retention?tab=cohorts", "/retention?tab=worth", "/customers", "/segments",
     "/segments/groups", "/data", "/users"],
)  # fmt: skip
def test_a_phone_scrolls_tables_only(page: Any, live: Live, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live.address + path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert wide <= 390
