"""A program on this machine that webhooks are sent to: it keeps what it gets and checks the signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Receiver:
    """`answers`: statuses of the next answers, 200 where there are none; `got`: headers and bodies, oldest first."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def messages(self) -> dict[str, dict[str, Any]]:
        """Bodies by id: what was sent twice under one id is one message, as for any receiver that reads the id."""
        return {headers["webhook-id"]: json.loads(body) for headers, body in self.got}

    def all_signed(self, secret: str) -> bool:
        """Whether every message has the signature that the standard asks for."""
        key = base64.b64decode(secret.removeprefix("whsec_"))

        def expected(headers: dict[str, str], body: bytes) -> str:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

        return all(headers["webhook-signature"] == expected(headers, body) for headers, body in self.got)


@contextmanager
def listening(monkeypatch: Any) -> Iterator[Receiver]:
    """Let the site call this machine, and listen there."""
    monkeypatch.setenv("REGULARS_WEBHOOK_HOSTS", "127.0.0.1")
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
