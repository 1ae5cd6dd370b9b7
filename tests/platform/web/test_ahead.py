"""Charts of new figures are in the cache before the first reader comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.platform.core.api import Running
from regulars.platform.core.models import AuditEntry, User
from regulars.platform.site import Site
from regulars.platform.web import ahead, charts
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The charts that are drawn from now on."""
    names: list[str] = []
    original = charts._drawn

    def counted(name: str, *given: Any) -> dict[str, str]:
        names.append(name)
        return original(name, *given)

    monkeypatch.setattr(charts, "_drawn", counted)
    return names


def draw() -> None:
    ahead.draw(Running(number=1, arguments={}, by=None, attempt=1))


@pytest.mark.parametrize(
    ("role", "markets", "language"), [("administrator", [], "de"), ("manager", ["RO"], "en"), ("reader", [], "nb")]
)  # fmt: skip
def test_no_page_draws_a_chart_when_it_is_asked_for(
    computed: Site,
    signed_in: SignedIn,
    drawings: list[str],
    role: str,
    markets: list[str] | None,
    language: str,
) -> None:
    client = signed_in(role, markets=markets)
    User.objects.update(language=language)
    draw()
    assert drawings
    drawings.clear()
    for address in ahead.CHARTS:
        assert client.get(address).status_code in (200, 302, 403)
    assert drawings == []


def test_a_chart_of_users_who_see_the_same_is_drawn_once(
    computed: Site, user: Callable[..., User], drawings: list[str]
) -> None:
    for n in range(3):
        user("analyst", email=f"ann{n}@example.org")
    draw()
    assert len(drawings) == len(set(drawings))


def test_pages_drawn_for_nobody_leave_no_trace(computed: Site, user: Callable[..., User]) -> None:
    ann = user("administrator")
    before = AuditEntry.objects.count()
    for address in (*ahead.CHARTS, *ahead.OTHERS):
        ahead._page(address, ann)
    assert AuditEntry.objects.count() == before


def test_a_page_that_fails_keeps_none_of_the_others_from_being_drawn(
    computed: Site, user: Callable[..., User], drawings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user("administrator")
    monkeypatch.setattr(charts, "movement", lambda *_: 1 / 0)
    draw()
    assert "money" in drawings
