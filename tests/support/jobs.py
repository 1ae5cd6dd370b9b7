"""A job's handler run by hand, with nobody who looks."""

from __future__ import annotations

from regulars.platform.core.api import Running


class Quiet(Running):
    """What a handler is given, without a row of the database behind it: `Quiet(0, {}, None, 1)`."""

    def progress(self, step: str, share: float | None = None) -> None:
        """Nobody looks."""
