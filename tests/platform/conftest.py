"""What the platform's tests share: users of every role, a browser that is signed in, a worker that runs at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings

django.setup()  # models cannot be imported before

from django.test import Client

from regulars.platform.core import events
from regulars.platform.core.models import User
from regulars.platform.core.worker import run_until_idle
from regulars.platform.insights.operations import READY
from regulars.platform.insights.predictions_model import KIND as PREDICT
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.computed import with_figures

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_predicted_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new snapshot starts no predictions: they take longer than the test. Who wants them starts the job."""
    monkeypatch.setitem(events._SUBSCRIBERS, READY, [k for k in events._SUBSCRIBERS[READY] if k != PREDICT])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site folder of this test's own."""
    own = Site(tmp_path / "site").make()
    monkeypatch.setattr(settings, "SITE", own)
    return own


@pytest.fixture
def computed(site: Site, db: None) -> Iterator[Site]:
    """A site with a small made-up shop whose figures are computed."""
    yield with_figures(site)
    close_readers()


@pytest.fixture
def user(db: None) -> Callable[..., User]:
    """`user("analyst", markets=["DE"])` makes a user of a role."""

    def make(role: str = "administrator", *, email: str | None = None, **more: Any) -> User:
        return User.objects.make(
            email=email or f"{role}@example.org", password=PASSWORD, name=role.title(), role=role, **more
        )

    return make


@pytest.fixture
def signed_in(user: Callable[..., User]) -> Callable[..., Client]:
    """`signed_in("analyst")` is a browser of a new user of the role."""

    def make(role: str = "administrator", **more: Any) -> Client:
        client = Client()
        client.force_login(user(role, **more), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def work() -> Callable[[], None]:
    """Run all waiting jobs, here and now."""
    return run_until_idle
