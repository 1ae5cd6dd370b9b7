"""Delimiter, preamble and header of a text table, found in its first lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
SPACES = " "  # stands for columns set apart by runs of spaces
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_VALUE = re.compile(
    r"^[\s$€£]*[-+(]?[\d.,'  ]*\d[\d.,'  ]*\)?-?\s*[%€$£]?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*$|^[^@\s]+@[^@\s]+\.\w+$"
)
_SAMPLE_RECORDS = 400


@dataclass(frozen=True)
class Layout:
    """`lines` counts the physical lines up to and with the header; `names` is empty where there is no header.

    `width` is the number of fields of a record. `first` is the number of records before the first data record.
    """

    delimiter: str
    lines: int
    names: tuple[str, ...]
    width: int
    first: int

    @property
    def has_header(self) -> bool:
        return bool(self.names)


@dataclass(frozen=True)
class _Record:
    fields: tuple[str, ...]
    last_line: int  # physical line on which it ends, from 1


def find_layout(sample: str, *, delimiter: str | None = None, header: int | None = None) -> Layout | None:
    """The layout of a text table from its first lines, or None where they are no table of two or more columns.

    `header` is the number of the header's record from 1, or 0 for none.
    """
    skipped = 0
    first, _, rest = sample.partition("\n")
    if declared := _SEP_LINE.match(first.rstrip("\r")):
        sample, skipped = rest, 1
        delimiter = delimiter or declared[1]
    chosen = delimiter or _best_delimiter(sample)
    if chosen is None:
        return None
    records = _records(sample, chosen)
    if not records:
        return None
    width, start = _table_start(records)
    if header is not None and header > 0:
        start = min(header, len(records)) - 1
    has_header = header != 0 and (header is not None or _looks_like_header(records, start))
    if not has_header:
        before = records[start - 1].last_line if start else 0
        return Layout(chosen, skipped + before, (), width, start)
    names = records[start].fields
    if not names[-1].strip() and len(names) == width + 1:
        names = names[:-1]
    return Layout(chosen, skipped + records[start].last_line, names, len(names), start + 1)


def split(line: str, delimiter: str) -> list[str]:
    """The fields of one line without quotes."""
    return line.split() if delimiter == SPACES else line.split(delimiter)


def _records(sample: str, delimiter: str) -> list[_Record]:
    """Records that are not blank, with their last line; a last line that the sample cuts off is left out."""
    lines = io.StringIO(sample, newline="")
    found = []
    if delimiter == SPACES:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                found.append(_Record(tuple(line.split()), number))
        return found[:_SAMPLE_RECORDS]
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                found.append(_Record(tuple(fields), reader.line_num))
            if len(found) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        return found
    return found


def _best_delimiter(sample: str) -> str | None:
    best: tuple[float, int, str] | None = None
    for position, candidate in enumerate((*DELIMITERS, SPACES)):
        records = _records(sample, candidate)
        counts = Counter(len(r.fields) for r in records if len(r.fields) > 1)
        if not counts:
            continue
        width, times = counts.most_common(1)[0]
        agreement = times / len(records)
        if candidate == SPACES and (agreement < 0.95 or len(records) < 3):
            continue
        score = (agreement * min(width, 6) ** 0.5, -position, candidate)
        if best is None or score > best:
            best = score
    return best[2] if best else None


def _table_start(records: Sequence[_Record]) -> tuple[int, int]:
    """The usual number of fields, and the first record that has (nearly) so many: what stands above is a preamble."""
    counts = Counter(len(r.fields) for r in records)
    width = max(counts, key=lambda n: (counts[n], n)) if len(records) > 2 else len(records[0].fields)
    for position, record in enumerate(records):
        filled = sum(1 for field in record.fields if field.strip())
        if len(record.fields) >= width - 1 and filled * 2 >= width:
            return width, position
    return width, 0


def _looks_like_header(records: Sequence[_Record], start: int) -> bool:
    """A header has no values in it (numbers, dates, addresses), or nothing but a few digits among names."""
    cells = [c.strip() for c in records[start].fields if c.strip()]
    if not cells:
        return False
    values = sum(1 for c in cells if _VALUE.match(c))
    if values == 0:
        below = records[start + 1 : start + 50]
        repeated = any(r.fields == records[start].fields for r in below)
        return not repeated or len(set(cells)) == len(cells)
    return values * 4 <= len(cells) and len(cells) > 3
