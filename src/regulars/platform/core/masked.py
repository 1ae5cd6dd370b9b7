"""Secrets that the server has to be able to read, kept so that the database alone does not give them away.

Each is mixed with a pad of its own, made of the site's key and a random number: who has the database needs the key too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

_RANDOM = 16  # bytes
LONGEST = hashlib.sha256().digest_size  # bytes of a secret


def masked(secret: bytes) -> str:
    """The secret as it is kept, in hexadecimal digits; different each time. Raises ValueError for one that is too long."""
    if len(secret) > LONGEST:
        raise ValueError(f"a secret of more than {LONGEST} bytes")
    number = secrets.token_bytes(_RANDOM)
    return (number + _mixed(secret, number)).hex()


def unmasked(text: str) -> bytes:
    """The secret that `masked` was given; another one where the site's key has changed."""
    kept = bytes.fromhex(text)
    return _mixed(kept[_RANDOM:], kept[:_RANDOM])


def _mixed(data: bytes, number: bytes) -> bytes:
    pad = hmac.new(settings.SECRET_KEY.encode(), b"regulars masked " + number, hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(data, pad, strict=False))
