"""The pages of Data: bringing files, importing them, seeing what the lake holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.platform import config
from regulars.platform.core import events
from regulars.platform.core.models import AuditEntry
from regulars.platform.intake import api as intake
from regulars.platform.intake.models import Import, Upload
from regulars.platform.site import Site
from support.pages import SignedIn

HEADER = "order_id,customer_id,email,amount,date,currency\n"
ROWS = [f"{n},c{n % 7},c{n % 7}@example.org,{10 + n},2026-01-{n % 28 + 1:02d},EUR\n" for n in range(1, 41)]
ODD = "aa;bb;cc;dd\n" + "".join(f"N{n};K{n % 7};{10 + n},50;{n % 28 + 1:02d}.01.2026\n" for n in range(1, 41))
PAGES = (
    "/data",
    "/data/new",
    "/data/tables",
    "/data/quality",
    "/data/feeds",
    "/data/feeds/new",
    "/data/mappings",
)

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def _figures_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(events._SUBSCRIBERS, "lake.changed", ["intake.check"])


def file(text: str = HEADER + "".join(ROWS), name: str = "orders.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def brought(client: Client, text: str = HEADER + "".join(ROWS)) -> int:
    response = client.post("/data/new", {"files": file(text), "source": "shop"})
    assert response.status_code == 302, text_of(response)
    return int(response["Location"].rpartition("/")[2])


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_an_empty_site_name_the_next_step(site: Site, signed_in: SignedIn, address: str) -> None:
    response = signed_in().get(address)
    assert response.status_code == 200 and "<h1>" in response.content.decode()


def test_files_are_uploaded_looked_at_agreed_to_and_imported(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    client = signed_in("manager")
    number = brought(client)
    assert "being looked at" in text_of(client.get(f"/data/imports/{number}"))
    work()
    ready = text_of(client.get(f"/data/imports/{number}"))
    assert "40 orders were found" in ready and "Nothing is stored yet" in ready and "c1@example.org" in ready
    assert intake.lake() is None
    client.post(f"/data/imports/{number}/agree")
    work()
    done = text_of(client.get(f"/data/imports/{number}"))
    assert "40 orders are in the lake" in done and "c1@example.org" not in done
    assert "The data reaches to 28 Jan 2026" in text_of(client.get("/data"))
    tables = text_of(client.get("/data/tables"))
    assert "Orders" in tables and "28 Jan 2026" in tables


def test_columns_that_are_not_understood_are_said_on_screen(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    client = signed_in()
    number = brought(client, ODD)
    work()
    assert "Say what the columns are" in text_of(client.get(f"/data/imports/{number}"))
    address = f"/data/imports/{number}/mapping"
    assert "N1" in text_of(client.get(address))
    assert "Choose column by column" in text_of(client.get(f"{address}/text"))
    given = {
        "t0_fact": "orders",
        "t0_c0": "order_id",
        "t0_c1": "customer_id",
        "t0_c2": "total",
        "t0_c3": "total",
    }
    wrong = client.post(address, given, headers={"HX-Request": "true"})
    assert "Two columns cannot both be this" in text_of(wrong) and "<html" not in wrong.content.decode()
    given |= {"t0_c3": "local_day", "currency": "nok"}
    tried = text_of(client.post(address, given, headers={"HX-Request": "true"}))
    assert "2026-01-02" in tried and "11.5" in tried and "all of the first rows can be used" in tried
    client.post(address, given | {"save": "1", "name": "odd shop"})
    assert [one.name for one in intake.mappings()] == ["odd shop"]
    client.post(address, given | {"look": "1"})
    work()
    assert "40 orders were found" in text_of(client.get(f"/data/imports/{number}"))


def test_a_saved_mapping_is_chosen_at_the_upload(
    site: Site, signed_in: SignedIn, work: Work, user: Any
) -> None:
    client = signed_in()
    toml = '[[facts]]\ntable = "orders"\n[facts.columns]\norder_id = "aa"\ncustomer_id = "bb"\ntotal = "cc"\nlocal_day = "dd"\n'
    saved = intake.save_mapping(name="odd", toml='currency = "NOK"\n' + toml, by=user("manager"))
    response = client.post("/data/new", {"files": file(ODD), "source": "shop", "mapping": saved})
    work()
    assert "40 orders were found" in text_of(client.get(response["Location"]))
    assert "order_id = " in client.get(f"{response['Location']}/mapping/text").content.decode()


def test_what_could_not_be_used_is_told_and_downloaded_on_record(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    client = signed_in()
    number = brought(client, HEADER + "".join(ROWS) + "99,c1,c1@example.org,=1+much,2026-02-01,EUR\n")
    work()
    client.post(f"/data/imports/{number}/agree")
    work()
    assert "cannot be read as a number" in text_of(client.get(f"/data/imports/{number}"))
    response = client.get(f"/data/imports/{number}/rejects.csv")
    assert b"".join(response.streaming_content).count(b"'=1+much") == 1  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="rejects.downloaded").count() == 1


def test_who_may_only_see_data_sees_no_rows_and_changes_nothing(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    number = brought(signed_in("manager"))
    work()
    analyst = signed_in("analyst")
    page = text_of(analyst.get(f"/data/imports/{number}"))
    assert "40 orders were found" in page and "c1@example.org" not in page and "Import now" not in page
    for address in ("agree", "cancel", "again", "mapping"):
        assert analyst.post(f"/data/imports/{number}/{address}").status_code == 403
    assert analyst.get(f"/data/imports/{number}/rejects.csv").status_code == 403
    assert signed_in("reader").get("/data").status_code == 403


def test_who_sees_some_markets_only_sees_no_counts_and_imports_nothing(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    number = brought(signed_in("manager"))
    work()
    limited = signed_in("administrator", markets=["DE"])
    page = text_of(limited.get(f"/data/imports/{number}"))
    assert "Ready to import" in page and "40" not in page.partition("Files")[0]
    assert limited.post(f"/data/imports/{number}/agree").status_code == 403
    assert limited.get("/data/new").status_code == 403


def test_a_file_from_somebody_without_the_right_is_not_even_stored(site: Site, signed_in: SignedIn) -> None:
    assert signed_in("analyst").post("/data/new", {"files": file(), "source": "shop"}).status_code == 403
    assert not Upload.objects.exists() and list(site.uploads.iterdir()) == []


def test_an_upload_beyond_the_limit_is_refused_in_words(
    site: Site, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(config.UPLOAD_MB.name, "1")
    response = signed_in().post("/data/new", {"files": file("x" * 1_500_000), "source": "shop"})
    assert response.status_code == 422 and "larger than 1 MB" in text_of(response)
    assert list(site.uploads.iterdir()) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"source": "shop"}, "required"),
        ({"source": "my shop", "files": file()}, "Use letters, digits"),
        ({"source": "shop", "files": file("")}, "empty"),
    ],
)
def test_mistakes_in_the_upload_are_said_at_the_field(
    site: Site, signed_in: SignedIn, values: dict[str, Any], said: str
) -> None:
    response = signed_in().post("/data/new", values)
    assert response.status_code == 422 and said in text_of(response)
    assert not Import.objects.exists()


def test_progress_asks_again_until_there_is_something_to_see(
    site: Site, signed_in: SignedIn, work: Work
) -> None:
    client = signed_in()
    number = brought(client)
    address = f"/data/imports/{number}/progress?state=looking"
    waiting = client.get(address)
    assert "HX-Refresh" not in waiting.headers and b"every 1s" in waiting.content
    work()
    assert client.get(address)["HX-Refresh"] == "true"


def test_the_list_takes_as_many_queries_for_many_imports_as_for_one(
    site: Site, signed_in: SignedIn, work: Work, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    brought(client)
    work()
    client.get("/data")
    for _ in range(2):
        with django_assert_num_queries(5):
            client.get("/data")
        brought(client)


def test_feeds_are_made_changed_and_deleted(site: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    given = {"name": "nightly", "kind": "url", "source": "shop", "every": "day", "hour": 3, "active": "on"}
    refused = client.post("/data/feeds/new", given | {"address": "https://127.0.0.1/orders.csv"})
    assert refused.status_code == 422 and "open internet" in text_of(refused)
    refused = client.post("/data/feeds/new", given | {"kind": "folder", "address": "/etc"})
    assert refused.status_code == 422 and "may not read there" in text_of(refused)
    address = "https://user:secret@shop.example.com/orders.csv?token=hidden"
    assert client.post("/data/feeds/new", given | {"address": address}).status_code == 302
    page = client.get("/data/feeds").content.decode()
    assert (
        "https://shop.example.com/orders.csv" in page
        and "secret" not in page
        and "token" not in page.partition("<main")[2].replace("csrfmiddlewaretoken", "")
    )
    (made,) = intake.feeds()
    client.post(f"/data/feeds/{made.number}", given | {"name": "hourly", "every": "hour"})
    (changed,) = intake.feeds()
    assert (changed.name, changed.every) == ("hourly", "hour")
    client.post(f"/data/feeds/{made.number}/delete")
    assert intake.feeds() == []


def test_the_pages_are_read_in_german_too(site: Site, signed_in: SignedIn, work: Work) -> None:
    client = signed_in(language="de")
    number = brought(client)
    work()
    page = client.get(f"/data/imports/{number}")
    assert page["Content-Language"] == "de" and "die Bestellnummer" in text_of(page)
