"""Every address, asked by every role and by nobody: what a view needs is what it lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from regulars.platform.core import api as core
from regulars.platform.core import heartbeat
from regulars.platform.core.rules.roles import RIGHTS, ROLES, may
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db
REFUSED = 403


@dataclass(frozen=True)
class Address:
    """One address with plausible values in place of its parameters."""

    path: str
    needs: str | None


def _addresses(patterns: list[Any], before: str = "/") -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            route = before + str(pattern.pattern)
            for name, converter in pattern.pattern.converters.items():
                value = _plausible(name, type(converter).__name__)
                route = route.replace(f"<{_kind(converter)}:{name}>", value).replace(f"<{name}>", value)
            yield Address(route, getattr(pattern.callback, "needs", None))


def _kind(converter: Any) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def _plausible(name: str, kind: str) -> str:
    if kind == "IntConverter":
        return "1"
    return {"grain": "quarter", "format": "csv", "market": "DE", "currency": "EUR"}.get(name, "some-thing")


ADDRESSES = sorted(set(_addresses(get_resolver().url_patterns)), key=lambda address: address.path)


LAST = {"/sign-out"}  # whoever asks for it is nobody afterwards; test_sign_in.py asks for it


@pytest.fixture(autouse=True)
def _scratch(site: Site, db: None) -> None:
    """A site of this test's own: some addresses look into the lake. A worker is alive."""
    heartbeat.beat(now=timezone.now())


def test_every_view_says_what_it_needs() -> None:
    known = {*RIGHTS, "signed in", "public"}
    assert {address.path for address in ADDRESSES if address.needs not in known} == set()
    assert len(ADDRESSES) > 30 and not any("<" in address.path for address in ADDRESSES)


def _asked(client: Client, method: str) -> Iterator[tuple[Address, Any]]:
    """Every address with its answer; a traceback is an answer with status 500."""
    client.raise_request_exception = False
    for address in ADDRESSES:
        if address.path in LAST:
            continue
        yield address, getattr(client, method)(address.path)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_sent_to_sign_in(client: Client, user: Callable[..., core.User], method: str) -> None:
    user()
    wrong = [
        (address.path, answer.status_code)
        for address, answer in _asked(client, method)
        if not (
            answer.status_code < 500
            if address.needs == "public"
            else answer.headers.get("Location", "").startswith("/sign-in?next=")
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_its_rights_include(
    signed_in: Callable[..., Client], role: str, method: str
) -> None:
    client = signed_in(role)
    wrong = []
    for address, answer in _asked(client, method):
        if address.needs == "public":
            continue
        refused = address.needs != "signed in" and not may(role, address.needs)  # type: ignore[arg-type]
        if answer.status_code >= 500 or (answer.status_code == REFUSED) != refused:
            wrong.append((address.path, answer.status_code, address.needs))
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_fragment_of_a_page_never_holds_a_sign_in_page(
    client: Client, user: Callable[..., core.User], method: str
) -> None:
    user()
    for address in ADDRESSES:
        if address.needs != "public":
            answer = getattr(client, method)(address.path, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.headers.get("HX-Refresh")) == (204, "true"), address


def test_a_get_changes_nothing(signed_in: Callable[..., Client]) -> None:
    """Every address is asked once; what may be written is that somebody looked."""
    client = signed_in()
    client.raise_request_exception = False
    models = [
        model for model in apps.get_models() if model._meta.label not in ("core.Session", "core.AuditEntry")
    ]
    before = {model: list(model._default_manager.order_by("pk").values()) for model in models}
    for address in ADDRESSES:
        if address.path != "/new-password/some-thing/some-thing":
            client.get(address.path)
    changed = [
        model for model in models if list(model._default_manager.order_by("pk").values()) != before[model]
    ]
    assert changed == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_does_anything(signed_in: Callable[..., Client], method: str) -> None:
    """Whatever a view does not expect is refused; none of them is a fault of ours."""
    client = signed_in()
    before = core.User.objects.values().get()
    wrong = [(address.path, answer.status_code) for address, answer in _asked(client, method) if answer.status_code >= 500]  # fmt: skip
    assert wrong == [] and core.User.objects.values().get() == before
