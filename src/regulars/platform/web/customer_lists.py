"""Lists of customers as files: at once where they are short, else by a job that leaves a file which expires."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.platform.core.api import Running, User
from regulars.platform.customers import api as customers
from regulars.platform.insights import api as insights
from regulars.platform.web import people
from regulars.platform.web.downloads import pieces_of
from regulars.platform.web.people import Question, asked_of, question_of

KIND = "web.customer_list"
AT_ONCE = 5_000  # customers in a file that one waits for
_LOOK_UP = 2_000


@dataclass(frozen=True)
class File:
    """The content of a file: its first line and its rows."""

    header: list[str]
    rows: Iterator[Sequence[Any]]


def file_of(table: pa.Table, *, currency: str | None, contacts: bool) -> File:
    """The list as a file. Customers are named by their key, never by their number."""
    header = [
        _("Customer"), _("Market"), _("Country"), _("Orders"), _("Revenue (%(currency)s)") % {"currency": currency or ""},
        _("First order"), _("Last order"), _("RFM group"), _("Risk (0 to 1)"),
        _("Expected revenue (%(currency)s)") % {"currency": currency or ""},
    ]  # fmt: skip
    if contacts:
        header += [_("Name"), _("E-mail address"), _("Telephone")]
    # Said now: a download is read when the reader's language is in force no more.
    return File(header, _rows(table, contacts, dict(people.groups())))


def _rows(table: pa.Table, with_contacts: bool, groups: dict[str, str]) -> Iterator[Sequence[Any]]:
    for batch in table.to_batches(max_chunksize=_LOOK_UP):
        rows = batch.to_pylist()
        numbers = [row["customer"] for row in rows]
        keys = customers.key_of(numbers)
        known = customers.contacts(numbers) if with_contacts else {}
        for row in rows:
            line = [
                keys.get(row["customer"], ""), row["market"], row["country"], row["orders"], f"{row['revenue']:.2f}",
                row["first_day"], row["last_day"], groups.get(row["rfm_group"], ""),
                "" if row["risk"] is None else f"{row['risk']:.4f}", "" if row["value"] is None else f"{row['value']:.2f}",
            ]  # fmt: skip
            if with_contacts:
                contact = known.get(row["customer"])
                line += [contact.name, contact.email, contact.phone] if contact else ["", "", ""]
            yield line


def arguments(question: Question, user: User, *, contacts: bool) -> dict[str, Any]:
    """What the job is given: nothing that names anybody."""
    return {"question": dict(question.hidden()), "contacts": contacts, "language": user.language}


def write(job: Running) -> dict[str, Any]:
    """Write the file; the result names it. What a killed run left is an unnamed file that expires like all others."""
    user = job.by
    if user is None or not user.may("contacts.download" if job.arguments["contacts"] else "people.download"):
        return {"file": ""}
    with translation.override(job.arguments["language"]):
        return _written(job, user)


def _written(job: Running, user: User) -> dict[str, Any]:
    question = question_of(job.arguments["question"], user.reach)
    job.progress(_("Finding the customers"), None)
    info = insights.current()
    currency = info.currency if info else None
    asked = asked_of(question, user.reach, currency)
    with insights.asking(seconds=600) as analysis:
        table = insights.members_table(analysis, **asked)
    name = f"{secrets.token_hex(16)}.csv"
    path = settings.SITE.exports / name
    content = file_of(table, currency=currency, contacts=job.arguments["contacts"])
    with path.open("xb") as file:
        path.chmod(0o600)
        for number, piece in enumerate(pieces_of(content.header, content.rows)):
            file.write(piece)
            if number % 20 == 0:
                job.progress(_("Writing the list"), min(1.0, number * 500 / max(1, table.num_rows)))
    return {"file": name, "rows": table.num_rows}
