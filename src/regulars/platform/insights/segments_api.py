"""The part of the door that is about segments: `from regulars.platform.insights.api import segments`."""

from __future__ import annotations

from regulars.platform.insights.segments_operations import LONGEST_NAME, archive, change, make, restore
from regulars.platform.insights.segments_queries import (
    Change,
    SegmentInfo,
    Size,
    changes,
    choices,
    moves_of,
    segments_of,
    sizes,
)
from regulars.platform.insights.segments_queries import segment as one
from regulars.platform.insights.segments_queries import segments as saved
from regulars.platform.insights.segments_rules import KNOWN, Effective, effective, registry
from regulars.platform.insights.segments_suggest import Completion, Suggestion, complete
from regulars.platform.insights.segments_values import values_of

__all__ = [
    "KNOWN", "LONGEST_NAME", "Change", "Completion", "Effective", "SegmentInfo", "Size", "Suggestion", "archive", "change",
    "changes", "choices", "complete", "effective", "make", "moves_of", "one", "registry", "restore", "saved", "segments_of",
    "sizes", "values_of",
]  # fmt: skip
