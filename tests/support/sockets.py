"""Tests use loopback only: any other address is refused before a packet leaves."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class OutsideSocketError(RuntimeError):
    """A test tried to reach something that is not this machine."""


def _is_inside(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def closed_to_outside(monkeypatch: Any) -> None:
    """Let sockets connect and resolve only on loopback; unix sockets have no outside."""
    resolve, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex

    def check(host: object) -> None:
        if not _is_inside(host):
            raise OutsideSocketError(f"tests may not reach {host}")

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return resolve(host, *args, **kwargs)

    def guarded(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0])
            return original(self, address)

        return call

    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
