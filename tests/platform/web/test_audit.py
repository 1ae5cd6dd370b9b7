"""The audit log: everything recorded, found by who, what, text and day; downloaded without formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import regulars.platform
from regulars.platform.core import api as core
from regulars.platform.core.models import AuditEntry, User
from regulars.platform.web.words import ACTIONS
from support.pages import SignedIn


def rows_of(answer: Any) -> list[str]:
    """The table's rows as texts."""
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if "<th" in row]


def table_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_every_action_that_is_recorded_has_words() -> None:
    sources = Path(regulars.platform.__file__).parent.rglob("*.py")
    lines = [line for path in sources for line in path.read_text(encoding="utf-8").splitlines()]
    said = [line.partition("action=")[2].partition(", object=")[0] for line in lines if "action=" in line]
    recorded = {
        action for part in said for action in re.findall(r"""(?<!f)"([a-z_]+(?:\.[a-z_]+)*)\"""", part)
    }
    assert recorded - set(ACTIONS) == set()


def test_fifty_a_page_newest_first_by_key_set(signed_in: SignedIn, django_assert_num_queries: Any) -> None:
    client = signed_in()
    for number in range(120):
        core.record(user=None, action="import.done", object=f"import:{number}")
    with django_assert_num_queries(5):  # session, user, settings, people, entries
        first = client.get("/audit")
    before = re.search(r'name="before" value="(\d+)"', first.content.decode())
    assert before and len(rows_of(first)) == 50 and "import:119" in rows_of(first)[0]
    second = client.post("/audit", {"before": before[1]})
    assert "import:69" in rows_of(second)[0]


def test_it_is_narrowed_by_who_what_text_and_day(signed_in: SignedIn, user: Callable[..., User]) -> None:
    client, someone = signed_in(), user("analyst")
    core.record(user=someone, action="segment.made", object="segment:4")
    core.record(user=None, action="import.done", object="import:9")
    AuditEntry.objects.filter(action="import.done").update(at=datetime(2026, 2, 3, 23, 59, 59, tzinfo=UTC))
    for sought, found in (
        ({"user": str(someone.pk)}, "Made a segment segment:4"),
        ({"action": "import.done"}, "Imported import:9"),
        ({"text": "IMPORT:9"}, "Imported import:9"),
        ({"first": "2026-02-03", "last": "2026-02-03"}, "Imported import:9"),
    ):
        rows = rows_of(client.post("/audit", sought))
        assert len(rows) == 1 and rows[0].endswith(found)


def test_a_wrong_day_is_said_at_its_field_and_nothing_breaks(signed_in: SignedIn) -> None:
    page = signed_in().post("/audit", {"first": "yesterday", "user": "x", "before": "y"})
    assert page.status_code == 200 and b"Enter a valid date" in page.content


def test_nothing_found_says_what_to_do(signed_in: SignedIn) -> None:
    assert b"Look for less" in signed_in().post("/audit", {"text": "nothing like this"}).content


def test_the_download_holds_what_was_looked_for_without_formulas(signed_in: SignedIn) -> None:
    client = signed_in()
    core.record(user=None, action="import.done", object='=HYPERLINK("http://x")', rows=3)
    core.record(user=None, action="job.cancelled", object="job:1")
    table = table_of(client.post("/audit/export", {"action": "import.done"}))
    assert [row[2:7] for row in table[1:]] == [
        ["Regulars", "import.done", '\'=HYPERLINK("http://x")', "", "rows=3"]
    ]
    assert AuditEntry.objects.filter(action="audit.exported").count() == 1


def test_a_long_log_is_downloaded_in_pieces(signed_in: SignedIn) -> None:
    client = signed_in()
    AuditEntry.objects.bulk_create(AuditEntry(who="x", action="sign_in") for _ in range(4_001))
    answer = client.post("/audit/export", {"action": "sign_in"})
    pieces = list(answer.streaming_content)
    assert (
        len(pieces) > 5
        and b"".join(pieces).count(b"\r\n")
        == 4_002 + AuditEntry.objects.filter(action="sign_in").count() - 4_001
    )
