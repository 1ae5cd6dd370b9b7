"""Standard Webhooks: secrets, signatures, the ladder of attempts. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PREFIX = "whsec_"
SECONDS = 15.0  # an attempt takes at most
# How long after the attempt before it each one comes.
LADDER = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_JITTER = 0.1
_THROTTLED = (429, 502, 503, 504)
_LONGEST = timedelta(days=1)


def secret(key: str, nonce: str) -> str:
    """An address's secret, from the site's key and the address's nonce: nothing that signs is stored."""
    digest = hmac.new(key.encode(), f"webhook {nonce}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def headers(message: str, body: bytes, secret_: str, now: datetime) -> dict[str, str]:
    """The three headers of the standard over `id.timestamp.body`."""
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret_.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def next_after(
    step: int, status: int | None, retry_after: str, now: datetime, chance: Callable[[], float]
) -> timedelta | None:
    """How long to wait after the failed attempt number `step` (0 is the first); None where the ladder ends.

    `chance` gives 0..1. Who asks for more time gets it, up to a day.
    """
    if step + 1 >= len(LADDER):
        return None
    wait = LADDER[step + 1] * (1 + _JITTER * (2 * chance() - 1))
    if status in _THROTTLED and (asked := _asked_for(retry_after, now)) is not None:
        wait = max(wait, min(asked, _LONGEST))
    return wait


def _asked_for(text: str, now: datetime) -> timedelta | None:
    """`Retry-After`: seconds, or a date."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), int(_LONGEST.total_seconds())))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)
