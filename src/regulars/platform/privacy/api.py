"""The door of privacy: what other contexts use."""

from __future__ import annotations

from regulars.platform.erased_list import FILE as TOMBSTONES
from regulars.platform.privacy.export import export
from regulars.platform.privacy.looking import Looked, export_of, look_of, start_export, start_look
from regulars.platform.privacy.models import Tombstone
from regulars.platform.privacy.operations import (
    Erasure,
    Holding,
    begin_erasure,
    being_erased,
    erase,
    erasure,
    open_erasure,
    records_of,
    start_erasure,
    where,
)
from regulars.platform.privacy.registry import (
    IDENTITY,
    Person,
    Place,
    Rows,
    places,
    register,
    register_finder,
    register_return,
)
from regulars.platform.privacy.restored import erase_again, erase_due
from regulars.platform.privacy.tombstones import digest, digest_sql, marks
from regulars.platform.privacy.tombstones import lines as erased_lines

__all__ = [
    "IDENTITY",
    "TOMBSTONES",
    "Erasure",
    "Holding",
    "Looked",
    "Person",
    "Place",
    "Rows",
    "Tombstone",
    "begin_erasure",
    "being_erased",
    "digest",
    "digest_sql",
    "erase",
    "erase_again",
    "erase_due",
    "erased_lines",
    "erasure",
    "export",
    "export_of",
    "look_of",
    "marks",
    "open_erasure",
    "places",
    "records_of",
    "register",
    "register_finder",
    "register_return",
    "start_erasure",
    "start_export",
    "start_look",
    "where",
]  # fmt: skip
