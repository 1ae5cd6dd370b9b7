"""One call of a webhook's address: to the very address that was looked at, without redirects, within fifteen seconds."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from regulars.platform import config
from regulars.platform.insights.rules.webhooks import SECONDS
from regulars.platform.intake.api import is_public

_READ = 2_000  # bytes of an answer that are read; nothing in it matters


@dataclass(frozen=True)
class Answer:
    """`status` None: nobody answered, and `error` says why (a word, never an address)."""

    status: int | None
    error: str = ""
    retry_after: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def refusal(url: str) -> str:
    """Why an address is refused by its form alone: `no_host`, `no_https`, `inside`; empty where it is not."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "no_host"
    if not parts.hostname or parts.username or parts.password:
        return "no_host"
    if parts.hostname in config.WEBHOOK_HOSTS.items():
        return "" if parts.scheme in ("https", "http") else "no_https"
    if parts.scheme != "https":
        return "no_https"
    try:
        return "" if is_public(parts.hostname) else "inside"
    except ValueError:  # a name: looked at when it is resolved
        return ""


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send the body. Never raises for what the other side does."""
    if reason := refusal(url):
        return Answer(None, reason)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        return Answer(None, "no_name")
    if host not in config.WEBHOOK_HOSTS.items() and not all(is_public(ip) for ip in found):
        return Answer(None, "inside")
    connection = _Pinned(host, port, min(found), tls=parts.scheme == "https")
    # Time limits of sockets begin anew with every byte; this one does not.
    over = threading.Timer(SECONDS, connection.cut)
    over.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers=headers)
        response = connection.getresponse()
        response.read(_READ)
        return Answer(response.status, retry_after=response.headers.get("Retry-After", ""))
    except ssl.SSLError:
        return Answer(None, "certificate")
    except TimeoutError:
        return Answer(None, "timeout")
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(None, "timeout" if connection.was_cut else "unreachable")
    finally:
        over.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one IP address, under the name that the certificate must have."""

    def __init__(self, host: str, port: int, ip: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._ip, self._tls, self.was_cut = ip, tls, False
        self.default_port = 443 if tls else 80  # what the Host header leaves out

    def connect(self) -> None:
        self.sock = socket.create_connection((self._ip, self.port), timeout=SECONDS)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread."""
        self.was_cut = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
