"""Somebody with a browser at a site that runs, without one: pages are asked for over HTTP, forms are sent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlparse

from support.live import Live

_SIGNED_IN = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from regulars.platform.core.models import User
from regulars.platform.core.sessions import SessionStore
user = User.objects.filter(email="ann@example.org").first() or User.objects.make(
    email="ann@example.org", password="a long enough passphrase", name="Ann", role="administrator")
session = SessionStore()
session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                HASH_SESSION_KEY: user.get_session_auth_hash()})
session.save()
print(json.dumps(session.session_key))
"""
_TOKEN = "t" * 32  # against forgery: the cookie and the form have to say the same


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 where the connection broke. `seconds`: how long it took."""

    status: int
    headers: dict[str, str]
    text: str
    seconds: float


class Visitor:
    """An administrator who is signed in."""

    def __init__(self, site: Live) -> None:
        self._host = urlparse(site.address).netloc
        self.cookies = {"regulars_session": str(site.inside(_SIGNED_IN)), "regulars_csrf": _TOKEN}
        self._cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> Answer:
        return self._asked("GET", path, None, {})

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields | {"csrfmiddlewaretoken": _TOKEN}).encode()
        return self._asked("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path: str, file: Path, **fields: str) -> Answer:
        edge = "edge-of-a-part"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (fields | {"csrfmiddlewaretoken": _TOKEN}).items()
        ]
        head = (
            f'Content-Disposition: form-data; name="files"; filename="{file.name}"\r\nContent-Type: text/csv'
        )
        body = b"".join(
            [
                *parts,
                f"--{edge}\r\n{head}\r\n\r\n".encode(),
                file.read_bytes(),
                f"\r\n--{edge}--\r\n".encode(),
            ]
        )
        return self._asked("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _asked(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        begun = time.monotonic()
        connection = HTTPConnection(self._host, timeout=60)
        try:
            connection.request(method, path, body, {"Cookie": self._cookie, **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, dict(answer.headers), text, time.monotonic() - begun)
        except (OSError, HTTPException) as error:
            return Answer(0, {}, type(error).__name__, time.monotonic() - begun)
        finally:
            connection.close()
