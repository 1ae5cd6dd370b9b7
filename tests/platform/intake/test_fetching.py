"""Fetching from a real https server on this machine."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from regulars.kernel.errors import InputError
from regulars.platform.intake.fetching import fetched
from regulars.platform.intake.rules.addresses import is_public

BODY = b"order_id,amount\n1,10\n"


class Shop(http.server.BaseHTTPRequestHandler):
    """Gives a file with a tag, redirects, and a file without an end."""

    def do_GET(self) -> None:
        if self.path.startswith("/inside"):
            self._head(302, Location="https://10.0.0.1/secrets")
        elif self.path == "/plain":
            self._head(302, Location="http://127.0.0.1/orders.csv")
        elif self.path == "/moved":
            self._head(302, Location="/orders.csv?key=1")
        elif self.path == "/round":
            self._head(302, Location="/round")
        elif self.path == "/private" and self.headers.get("Authorization") != "Basic YW5uOnB3":
            self._head(401)
        elif self.headers.get("If-None-Match") == '"one"':
            self._head(304)
        else:
            self._head(200, ETag='"one"')
            self.wfile.write(BODY * (100_000 if self.path == "/large" else 1))

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Place:
    url: str
    ports: frozenset[int]
    context: ssl.SSLContext

    def get(
        self, path: str, *, tag: str = "", most: int = 1_000_000, user: str = ""
    ) -> tuple[bytes | None, str]:
        """What is fetched from here, and its tag; loopback counts as public, the rest does not."""
        with fetched(
            self.url.replace("//", f"//{user}") + path, tag=tag, most=most, ports=self.ports, context=self.context,
            allowed=lambda ip: ip == "127.0.0.1" or is_public(ip),
        ) as answer:  # fmt: skip
            return (None if answer.blocks is None else b"".join(answer.blocks)), answer.tag


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("shop")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_port
    yield Place(f"https://127.0.0.1:{port}", frozenset({port}), ssl.create_default_context(cafile=str(cert)))
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_and_left_alone_while_it_is_unchanged(shop: Place) -> None:
    assert shop.get("/orders.csv") == (BODY, '"one"')
    assert shop.get("/orders.csv", tag='"one"') == (None, '"one"')


def test_redirects_are_followed_within_what_is_allowed(shop: Place) -> None:
    assert shop.get("/moved")[0] == BODY
    for path, said in (("/inside", "private network"), ("/plain", "Only https"), ("/round", "on and on")):
        with pytest.raises(InputError, match=said):
            shop.get(path)


def test_this_machine_is_refused_unless_a_test_says_otherwise(shop: Place) -> None:
    with (
        pytest.raises(InputError, match="private network"),
        fetched(f"{shop.url}/a", most=1, ports=shop.ports),
    ):
        pass


def test_a_name_that_leads_inside_is_refused(shop: Place) -> None:
    port = min(shop.ports)
    with (
        pytest.raises(InputError, match="private network"),
        fetched(f"https://localhost:{port}/a", most=1, ports=shop.ports),
    ):
        pass


def test_a_certificate_that_nobody_vouches_for_is_refused(shop: Place) -> None:
    with (
        pytest.raises(InputError, match="cannot be reached"),
        fetched(f"{shop.url}/a", most=1, ports=shop.ports, allowed=lambda ip: True),
    ):
        pass


def test_no_more_is_read_than_the_limit(shop: Place) -> None:
    with pytest.raises(InputError, match="larger"):
        shop.get("/large", most=1_000_000)


def test_user_and_password_are_sent_and_never_told(shop: Place) -> None:
    assert shop.get("/private", user="ann:pw@")[0] == BODY
    with pytest.raises(InputError) as refused:
        shop.get("/private", user="ann:wrong@")
    assert "401" in refused.value.what and "wrong" not in str(refused.value)
