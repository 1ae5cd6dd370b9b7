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
    start, names, width = find_header([r.fields for r in records], header)
    lines = records[start - 1].last_line if start else 0
    return Layout(chosen, skipped + lines, names, width, start)


def find_header(
    rows: Sequence[tuple[str, ...]], header: int | None = None
) -> tuple[int, tuple[str, ...], int]:
    """(rows before the first data row, names, number of fields) of the first rows of a table that are not blank.

    Names are empty where there is no header. `header` is its row's number from 1, 0 for none, None to find out.
    """
    width, start = _table_start(rows)
    if header is not None and header > 0:
        start = min(header, len(rows)) - 1
    if header == 0 or (header is None and not _looks_like_header(rows, start)):
        return start, (), width
    names = rows[start]
    if not names[-1].strip() and len(names) == width + 1:
        names = names[:-1]
    return start + 1, names, len(names)


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


def _table_start(rows: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """The usual number of fields, and the first record that has (nearly) so many: what stands above is a preamble."""
    counts = Counter(len(row) for row in rows)
    width = max(counts, key=lambda n: (counts[n], n)) if len(rows) > 2 else len(rows[0])
    for position, row in enumerate(rows):
        filled = sum(1 for field in row if field.strip())
        if len(row) >= width - 1 and filled * 2 >= width:
            return width, position
    return width, 0


def _looks_like_header(rows: Sequence[tuple[str, ...]], start: int) -> bool:
    """A header has no values in it (numbers, dates, addresses), or nothing but a few digits among names."""
    cells = [c.strip() for c in rows[start] if c.strip()]
    if not cells:
        return False
    values = sum(1 for c in cells if _VALUE.match(c))
    if values == 0:
        return True
    return values * 4 <= len(cells) and len(cells) > 3
