"""Signing in takes memory for a moment: however many do it at once, only two have it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from regulars.platform.core.hashers import AT_ONCE, FewAtOnce
from regulars.platform.settings import PASSWORD_HASHERS


@pytest.fixture(autouse=True)
def as_on_a_site(settings: Any) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


def test_a_password_is_known_again_and_another_is_not() -> None:
    kept = make_password("a good passphrase")
    assert kept.startswith("argon2$argon2id$")
    assert check_password("a good passphrase", kept) and not check_password("another", kept)


def test_no_more_than_two_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, inside, most = threading.Lock(), [0], [0]

    def slowly(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        with lock:
            inside[0] -= 1
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", slowly)
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda _: FewAtOnce().verify("a", "b"), range(6)))
    assert most[0] == AT_ONCE
