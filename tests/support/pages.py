"""Pages as somebody reads them who is signed in."""

from __future__ import annotations

import html
from collections.abc import Callable

from django.test import Client

SignedIn = Callable[..., Client]


def text_at(client: Client, address: str) -> str:
    """The source of the page at an address, with its entities resolved; it must be there."""
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode())
