"""The door of engagement: hand-overs to other tools, and what they added."""

from __future__ import annotations

from regulars.platform.engagement.looking import LOOK
from regulars.platform.engagement.operations import (
    LONGEST_NAME,
    REASONS,
    Wish,
    begin,
    discard,
    go_on,
    look_again,
    note_download,
    propose,
    send_again,
    set_cost,
    stop,
)
from regulars.platform.engagement.people import register_words
from regulars.platform.engagement.queries import (
    HandOverInfo,
    Leaves,
    ListInfo,
    MeasuredInfo,
    file_of,
    hand_over,
    hand_overs,
)

__all__ = [
    "LONGEST_NAME", "LOOK", "REASONS", "HandOverInfo", "Leaves", "ListInfo", "MeasuredInfo", "Wish", "begin", "discard",
    "file_of", "go_on", "hand_over", "hand_overs", "look_again", "note_download", "propose", "register_words", "send_again",
    "set_cost", "stop",
]  # fmt: skip
