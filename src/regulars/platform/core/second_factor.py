"""The second factor: codes of an authenticator app, and recovery codes for the day the telephone is lost."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django_otp import verify_token

from regulars.platform.core import audit
from regulars.platform.core.masked import masked
from regulars.platform.core.models import Authenticator, RecoveryCode, User

CODES = 10
_SECRET = 20  # bytes, as apps expect
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


@dataclass(frozen=True)
class Enrolment:
    """What an app needs: the secret as text, and the address that its picture holds."""

    secret: str
    uri: str


def begin(*, user: User) -> None:
    """Make a secret that the user's app is to be given; an earlier one that was never confirmed is forgotten."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed=False).delete()
        key = masked(secrets.token_bytes(_SECRET))
        Authenticator.objects.create(user=user, confirmed=False, name="app", key=key)


def enrolment(*, user: User) -> Enrolment | None:
    """The secret that waits for its confirmation; None where none was begun."""
    device = Authenticator.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    if device is None:
        return None
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    issuer = quote(settings.OTP_TOTP_ISSUER)
    label = f"{issuer}:{quote(user.email)}"
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return Enrolment(grouped, f"otpauth://totp/{label}?secret={secret}&issuer={issuer}&digits=6&period=30")


def confirm(*, user: User, code: str) -> tuple[Authenticator, list[str]] | None:
    """Switch the second factor on where the code is right: the device and its recovery codes, which are kept as hashes."""
    device = Authenticator.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    if device is None or verify_token(user, device.persistent_id, _digits(code)) is None:
        return None
    with transaction.atomic():
        Authenticator.objects.filter(user=user).exclude(pk=device.pk).delete()
        Authenticator.objects.filter(pk=device.pk).update(confirmed=True)
        User.objects.filter(pk=user.pk).update(second_factor=True)
        codes = _make_codes(user)
        audit.record(user=user, action="second_factor.on", object=f"user:{user.pk}")
    device.confirmed = user.second_factor = True
    return device, codes


def check(*, user: User, code: str) -> Authenticator | None:
    """The user's device, where the code is one of its own or a recovery code that was not used yet; None otherwise.

    After each failure, the device takes codes of neither kind for a while that doubles each time.
    """
    device: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return None
    if re.fullmatch(r"[0-9]{6}", code.replace(" ", "")):
        right: Authenticator | None = verify_token(user, device.persistent_id, _digits(code))
        return right
    with transaction.atomic():
        locked = Authenticator.objects.select_for_update().get(pk=device.pk)
        allowed, _ = locked.verify_is_allowed()
        if not allowed:
            return None
        used, _ = RecoveryCode.objects.filter(user=user, code_hash=_hash(user, code)).delete()
        if not used:
            locked.throttle_increment()
            return None
        locked.throttle_reset()
        audit.record(user=user, action="second_factor.recovery_code_used", object=f"user:{user.pk}")
    return device


def wait(*, user: User, now: datetime) -> int:
    """Seconds until a code is taken again after wrong ones; 0: at once."""
    device = Authenticator.objects.filter(user=user, confirmed=True).first()
    _, why = device.verify_is_allowed() if device else (True, None)
    return max(1, ceil((why["locked_until"] - now).total_seconds())) if why else 0


def fresh_codes(*, user: User) -> list[str]:
    """New recovery codes; the earlier ones are worth nothing from now on."""
    with transaction.atomic():
        audit.record(user=user, action="second_factor.new_codes", object=f"user:{user.pk}")
        return _make_codes(user)


def codes_left(*, user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


def switch_off(*, user: User, by: User) -> None:
    """Remove device and codes."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(second_factor=False)
        audit.record(user=by, action="second_factor.off", object=f"user:{user.pk}")
    user.second_factor = False


def _make_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(12)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in codes)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _hash(user: User, code: str) -> str:
    """A plain hash suffices: a code has 59 bits of chance and is worth nothing elsewhere."""
    letters = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(f"{user.pk}:{letters}".encode()).hexdigest()


def _digits(code: str) -> str:
    return "".join(sign for sign in code if sign in "0123456789")
