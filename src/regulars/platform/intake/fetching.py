"""Fetching a file from an https address that somebody typed in, so that it cannot be turned against the own network.

The name is resolved once, every address it has must be a public one, and the connection goes to that very address:
a name that answers differently the second time gains nothing. Each redirect is looked at in the same way.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from regulars.kernel.errors import InputError
from regulars.platform.intake.rules.addresses import PORTS, is_public, refusal, shown

_BLOCK = 256 * 1024
_SECONDS = 30.0
_REDIRECTS = 3
_TOLD = {
    "no_https": "Only https addresses are fetched.",
    "no_host": "This is no address.",
    "port": "Only the ports 443 and 8443 are fetched from.",
    "inside": "The address lies inside a private network, which feeds do not reach into.",
}


@dataclass(frozen=True)
class Answer:
    """What a server gave. `blocks` None: unchanged since `tag`. `tag`: what to ask with next time, empty if it has none."""

    blocks: Iterator[bytes] | None
    tag: str
    name: str


@contextmanager
def fetched(
    url: str,
    *,
    tag: str = "",
    most: int,
    allowed: Callable[[str], bool] = is_public,
    ports: frozenset[int] = PORTS,
    context: ssl.SSLContext | None = None,
) -> Iterator[Answer]:
    """The file at an address, read while the context is open, at most `most` bytes.

    `tag`: of the last time. `allowed` and `ports` say what may be connected to. Raises InputError in words that
    name the address without its secrets.
    """
    here = url
    for _ in range(_REDIRECTS + 1):
        if reason := refusal(here, ports=ports, allowed=allowed):
            said = _TOLD[reason] if here == url else f"The address leads on to another one. {_TOLD[reason]}"
            raise InputError(said, where=shown(here), do="Give an https address of the open internet.")
        connection = _connection(here, allowed, context or ssl.create_default_context())
        try:
            response = _asked(connection, here, tag if here == url else "")
            if response.status in (301, 302, 303, 307, 308):
                here = urljoin(here, response.headers.get("Location", ""))
                continue
            if response.status == 304:
                yield Answer(None, tag, _name(here))
                return
            if response.status != 200:
                raise _failed(here, f"The server answered {response.status}.")
            if int(response.headers.get("Content-Length") or 0) > most:
                raise _failed(here, "The file is larger than this site takes.")
            yield Answer(_blocks(response, here, most), _tag(response), _name(here))
            return
        except (OSError, http.client.HTTPException) as error:
            raise _failed(here, f"The server cannot be reached: {type(error).__name__}.") from None
        finally:
            connection.close()
    raise _failed(url, "The address leads on and on to others.")


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was looked at, under the name that the certificate must have."""

    def __init__(self, host: str, port: int, ip: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=_SECONDS, context=context)
        self._ip, self._tls = ip, context

    def connect(self) -> None:
        plain = socket.create_connection((self._ip, self.port), timeout=_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _connection(url: str, allowed: Callable[[str], bool], context: ssl.SSLContext) -> _Pinned:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        raise _failed(url, "The name is not known.") from None
    if not found or not all(allowed(ip) for ip in found):
        raise InputError(_TOLD["inside"], where=shown(url), do="Give an https address of the open internet.")
    return _Pinned(host, port, min(found), context)


def _asked(connection: _Pinned, url: str, tag: str) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    headers = {"User-Agent": "Regulars", "Accept": "*/*", "Accept-Encoding": "identity"}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    if tag:
        headers["If-None-Match" if tag.startswith(('"', "W/")) else "If-Modified-Since"] = tag
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _tag(response: http.client.HTTPResponse) -> str:
    return response.headers.get("ETag") or response.headers.get("Last-Modified") or ""


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2]) or "download"


def _blocks(response: http.client.HTTPResponse, url: str, most: int) -> Iterator[bytes]:
    come = 0
    while block := response.read(_BLOCK):
        come += len(block)
        if come > most:
            raise _failed(url, "The file is larger than this site takes.")
        yield block


def _failed(url: str, what: str) -> InputError:
    return InputError(
        what, where=shown(url), do="Check the address. It is tried again at the feed's next time."
    )
