"""The tables of insights. Other contexts come in through `api.py`."""

from regulars.platform.insights.models.segments import Segment, SegmentChange, SegmentMember, SegmentSize
from regulars.platform.insights.models.snapshots import Piece, Snapshot
from regulars.platform.insights.models.worklist import WorkItem

__all__ = ["Piece", "Segment", "SegmentChange", "SegmentMember", "SegmentSize", "Snapshot", "WorkItem"]
