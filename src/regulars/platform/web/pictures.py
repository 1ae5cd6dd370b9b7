"""The picture that an authenticator app scans."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def scannable(uri: str) -> SafeString:
    """A QR code as inline SVG, dark on white in both themes; without style attributes, as the content policy wants."""
    code = segno.make(uri, error="m", micro=False)
    drawn: str = code.svg_inline(
        scale=5, border=3, dark="#000000", light="#ffffff", svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)
