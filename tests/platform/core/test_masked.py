"""The database alone gives away no secret of an authenticator app."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from regulars.platform.core import api as core
from regulars.platform.core.masked import masked, unmasked
from regulars.platform.core.models import Authenticator, User

SECRET = b"12345678901234567890"


def test_a_secret_comes_back_with_the_site_s_key_only(settings: Any) -> None:
    kept = masked(SECRET)
    assert unmasked(kept) == SECRET
    assert kept != masked(SECRET) and SECRET.hex() not in kept and len(kept) <= 80
    settings.SECRET_KEY = "another"
    assert unmasked(kept) != SECRET


def test_one_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        masked(b"x" * 33)


@pytest.mark.django_db
def test_the_app_s_secret_does_not_stand_in_the_database(user: Callable[..., User]) -> None:
    someone = user()
    core.begin_second_factor(user=someone)
    device = Authenticator.objects.get()
    assert len(device.bin_key) == 20 and device.bin_key.hex() not in device.key


@pytest.mark.django_db
def test_secrets_of_earlier_releases_are_masked_once_and_work_on(user: Callable[..., User]) -> None:
    migration = import_module("regulars.platform.core.migrations.0004_authenticator")
    device = Authenticator.objects.create(user=user(), name="app", key=SECRET.hex())
    migration.mask(apps, None)
    device.refresh_from_db()
    assert device.bin_key == SECRET and SECRET.hex() not in device.key
    migration.unmask(apps, None)
    device.refresh_from_db()
    assert device.key == SECRET.hex()
