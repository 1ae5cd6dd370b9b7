"""Which addresses a feed may be fetched from: https, and nothing that lies inside somebody's network."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")

PORTS = frozenset({443, 8443})
Refusal = Literal["no_https", "no_host", "port", "inside"]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet. Raises ValueError where it is no IP address.

    An IPv4 address wrapped into one of IPv6 counts as what it is.
    """
    ip = ip_address(address.partition("%")[0])
    inner = _inside(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inside(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour


def refusal(
    url: str, *, ports: frozenset[int] = PORTS, allowed: Callable[[str], bool] = is_public
) -> Refusal | None:
    """Why an address is refused by its form alone; None where it is not. Names are looked at when they are resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "no_host"
    if parts.scheme != "https":
        return "no_https"
    if not parts.hostname:
        return "no_host"
    if port is not None and port not in ports:
        return "port"
    try:
        return None if allowed(parts.hostname) else "inside"
    except ValueError:  # a name, no number
        return None


def shown(url: str) -> str:
    """An address for pages and logs: without user, password and query, which may be secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "https://"
    hidden = "?…" if parts.query else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}{hidden}"
