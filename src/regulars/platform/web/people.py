"""Lists of customers: what an address asks for, and the rows that a table shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.metrics.rfm_scores import GROUPS
from regulars.platform.core.api import Reach, User
from regulars.platform.customers import api as customers
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import Behind, Member, Members, SnapshotInfo, Sort
from regulars.platform.web.templatetags.regulars import reader

PAGE = 50
FARTHEST = 100_000  # customers that one pages through; beyond, one filters or downloads
GROUP_NAMES = dict(GROUPS)


@dataclass(frozen=True)
class Question:
    """What a list is of. `market` None: all that the reader may see; `after`: how many customers stand before the page."""

    rule: str = ""
    group: str = ""
    behind: Behind | None = None
    market: str | None = None
    sort: Sort = "revenue"
    ascending: bool = False
    after: int = 0

    @property
    def narrowed(self) -> bool:
        """Whether it is of fewer than all customers of a market."""
        return bool(self.rule.strip() or self.group or self.behind)

    def query(self, **changes: Any) -> str:
        """The address's query for this question with changes."""
        asked = replace(self, **changes)
        values = {
            "rule": asked.rule.strip(), "group": asked.group, "market": asked.market or "",
            "sort": "" if asked.sort == "revenue" else asked.sort, "order": "up" if asked.ascending else "",
            "after": asked.after or "",
        }  # fmt: skip
        pairs = parse_qsl(asked.behind.query()) if asked.behind else []
        return urlencode([*pairs, *((name, value) for name, value in values.items() if value)])

    def hidden(self) -> list[tuple[str, str]]:
        """The same as fields of a form."""
        return parse_qsl(self.query(after=0))


def question_of(values: Mapping[str, str], reach: Reach) -> Question:
    """What a query or a form asks for; what it names wrongly, or what is out of reach, is as if it were not named."""
    market = values.get("market", "").replace("\x00", "") or None
    sort = values.get("sort", "revenue")
    after = values.get("after", "")
    return Question(
        rule=values.get("rule", "").strip()[:10_000],
        group=values.get("group", "") if values.get("group") in GROUP_NAMES else "",
        behind=insights.behind(values),
        market=market if reach.allows(market) else None,
        sort=sort if sort in insights.SORTS else "revenue",
        ascending=values.get("order") == "up",
        after=min(int(after), FARTHEST) if after.isascii() and after.isdigit() and len(after) < 9 else 0,
    )


def asked_of(question: Question, reach: Reach, currency: str | None) -> dict[str, Any]:
    """The arguments of `members_page` and `members_table` that choose whom. Raises RuleError, before anything is asked.

    `currency`: the reporting currency, in which amounts are.
    """
    return _asked_of(question, reach, currency)[0]


def _asked_of(
    question: Question, reach: Reach, currency: str | None
) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The same, and who objected to profiling, who decide the answer too."""
    asked = insights.segments.effective(question.rule, group=question.group, currency=currency or None)
    return {
        "rule": asked.rule, "registry": asked.registry, "behind": question.behind, "market": question.market,
        "reach": reach,
    }, asked.without  # fmt: skip


def page_of(question: Question, reach: Reach, info: SnapshotInfo | None) -> Members:
    """One page of the list. Raises RuleError for a mistake in the rule, TooSlow, NothingYet.

    Kept for a minute: a snapshot does not change, and a rule over a million customers costs more than the rest of a page.
    """
    asked, without = _asked_of(question, reach, info.currency if info else None)
    key = (settings.SITE.home, info and (info.number, info.computed_at), question, reach, without)
    found = _KEPT.get(key)
    if found is None:
        with insights.asking() as analysis:
            found = insights.members_page(
                analysis,
                **asked,
                sort=question.sort,
                ascending=question.ascending,
                after=question.after,
                limit=PAGE,
            )
        if info is not None:
            _KEPT.put(key, found)
    return found


class _Kept:
    """The pages that were asked for last: numbers and sums, no contacts."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._pages: OrderedDict[Hashable, tuple[float, Members]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Members | None:
        with self._lock:
            at, found = self._pages.get(key, (0.0, None))
        return found if monotonic() - at < self._seconds else None

    def put(self, key: Hashable, found: Members) -> None:
        with self._lock:
            self._pages[key] = (monotonic(), found)
            self._pages.move_to_end(key)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)


_KEPT = _Kept(most=200, seconds=60)


@dataclass(frozen=True)
class Row:
    """One line of the table. `name`: what one may call the customer; `email` empty without the right to see it."""

    member: Member
    key: str
    name: str
    email: str
    group: str

    @property
    def risk(self) -> float | None:
        """In per cent."""
        return None if self.member.risk is None else 100 * self.member.risk


def rows_of(members: Sequence[Member], user: User) -> list[Row]:
    """The lines, with contacts for those who may see them: two queries, however many there are."""
    numbers = [member.customer for member in members]
    keys = customers.key_of(numbers)
    contacts = customers.contacts(numbers) if user.may("contacts.see") else {}
    found = []
    for member in members:
        contact = contacts.get(member.customer)
        key = keys.get(member.customer, "")
        name = (contact.name or contact.email) if contact else ""
        email = contact.email if contact and contact.name else ""
        found.append(Row(member, key, name or called(member.customer), email, group_name(member.rfm_group)))
    return found


def names_of(numbers: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
    """Key and name of each of these customers, as far as the user may see names."""
    keys = customers.key_of(numbers)
    contacts = customers.contacts(numbers) if user.may("contacts.see") else {}
    found = {}
    for number in numbers:
        contact = contacts.get(number)
        name = (contact.name or contact.email) if contact else ""
        found[number] = (keys.get(number, ""), name or called(number))
    return found


def called(number: int) -> str:
    """What a customer is called whose name is not known or not shown."""
    return _("Customer %(number)s") % {"number": number}


def group_name(slug: str | None) -> str:
    """An RFM group in the reader's language."""
    return reader().say(GROUP_NAMES[slug]) if slug in GROUP_NAMES else ""


def groups() -> list[tuple[str, str]]:
    """All RFM groups, best first."""
    return [(slug, group_name(slug)) for slug in GROUP_NAMES]


@dataclass(frozen=True)
class Header:
    """A column that can be sorted by. `query` sorts by it, the other way round where it is sorted by already."""

    label: str
    query: str
    sorted: str


def headers(question: Question) -> list[Header]:
    """The sortable columns of the table, in their order."""
    labels: tuple[tuple[Sort, str], ...] = (
        ("orders", _("Orders")),
        ("revenue", _("Revenue")),
        ("first_order", _("First order")),
        ("last_order", _("Last order")),
        ("risk", _("Risk")),
        ("value", _("Expected")),
    )
    found = []
    for sort, label in labels:
        here = question.sort == sort
        turned = not question.ascending if here else False
        direction = ("ascending" if question.ascending else "descending") if here else ""
        found.append(Header(label, question.query(sort=sort, ascending=turned, after=0), direction))
    return found


@dataclass(frozen=True)
class Place:
    """Which customers of the list a page shows, and the queries of its neighbours; empty where there is none."""

    first: int
    last: int
    earlier: str
    later: str


def place_of(question: Question, members: Members) -> Place:
    """Where a customer is from, in words."""
    after, shown = question.after, len(members.page)
    return Place(
        first=after + 1,
        last=after + shown,
        earlier=question.query(after=max(0, after - PAGE)) or "after=0" if after else "",
        later=question.query(after=members.after) if members.after and members.after <= FARTHEST else "",
    )
