"""The tables of insights. Other contexts come in through `api.py`."""

from regulars.platform.insights.models.snapshots import Piece, Snapshot

__all__ = ["Piece", "Snapshot"]
