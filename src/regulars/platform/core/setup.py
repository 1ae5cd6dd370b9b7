"""The first administrator: made once, by who holds the one-time token that `regulars up` prints."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from django.db import transaction

from regulars.kernel.errors import InputError
from regulars.platform.core import audit
from regulars.platform.core.models import Setting, User
from regulars.platform.site import Site

_SETTING = "setup"  # holds a nonce only: the token cannot be told from the database


def token(site: Site) -> str:
    """The token that makes the first user, the same each time it is asked for; empty where there are users already.

    It is derived from the site's secret and a nonce that is deleted with its first use.
    """
    if not needed():
        return ""
    row, _ = Setting.objects.get_or_create(name=_SETTING, defaults={"value": secrets.token_hex(16)})
    return _derived(site, str(row.value))


def needed() -> bool:
    """Whether nobody is there yet."""
    return not User.objects.exists()


def right_token(site: Site, given: str) -> bool:
    """Whether a token is the one that `token` gives; compared in constant time."""
    row = Setting.objects.filter(pk=_SETTING).first()
    return row is not None and hmac.compare_digest(
        _derived(site, str(row.value)).encode(), given.strip().upper().encode()
    )


def make_first_user(*, site: Site, given: str, **fields: Any) -> User:
    """The first administrator; `fields` as in `User.objects.make`. Of two requests at once, one makes a user.

    Raises InputError where the token is wrong or was used.
    """
    refused = InputError(
        "This setup code is not valid.", where="token", do="Use the code that `regulars up` prints."
    )
    if not right_token(site, given):
        raise refused
    with transaction.atomic():
        # Whoever deletes the row goes on; the other waits here and finds nothing.
        mine, _ = Setting.objects.filter(pk=_SETTING).delete()
        if not mine or User.objects.exists():
            raise refused
        user = User.objects.make(role="administrator", **fields)
        audit.record(user=user, action="user.first", object=f"user:{user.pk}")
    return user


def _derived(site: Site, nonce: str) -> str:
    """Twenty letters and digits in groups of five, easy to type: 100 bits."""
    digest = hmac.new(site.secret().encode(), f"setup {nonce}".encode(), hashlib.sha256).digest()
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    letters = "".join(alphabet[byte % 32] for byte in digest[:20])
    return "-".join(letters[i : i + 5] for i in range(0, 20, 5))
