"""The careful reader: one record at a time, keeps what is sound, says of each broken record what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from regulars.sources.messages import (
    BAD_BYTES,
    ONE_FIELD,
    OPEN_QUOTE,
    OTHER_FIELDS,
    PADDED,
    TOO_LONG,
    ZEROS,
    Message,
)
from regulars.sources.reading.dialect import SPACES, Layout
from regulars.sources.reading.raw import Limits, RawColumn
from regulars.sources.reading.rejects import VALUE_LENGTH, reject_rows

_BATCH = 20_000
_LINES = 500  # a quoted text of more lines is taken for a quote that was never closed


@dataclass
class Repaired:
    """What was found: the number of broken records, and remarks for the reader."""

    rejected: int = 0
    padded: int = 0
    zeros: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Record:
    fields: list[str]
    text: str
    fault: str = ""


def repair(
    con: duckdb.DuckDBPyConnection,
    source: Path,
    target: Path,
    *,
    layout: Layout,
    columns: Sequence[RawColumn],
    file: str,
    limits: Limits,
) -> Repaired:
    """Copy the sound records of a UTF-8 text table to `target` as plain CSV, each with its number in front.

    A record's number counts all records after the header, broken ones too, blank lines not. Fields beyond the header
    that are empty are dropped; any other difference from the header's width is a reject, as are undecodable signs,
    quotes that never close and records longer than `limits.line`. Uses memory for one batch of records.
    """
    found = Repaired()
    rejects: list[tuple[str, int, str, str, str]] = []
    with (
        source.open("r", encoding="utf-8", errors="surrogateescape", newline=None) as lines,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n")
        for _ in range(layout.lines):
            next(lines, "")
        for number, record in enumerate(_read(lines, layout.delimiter, limits.line), start=1):
            column, fault = _judge(record, layout, columns, found)
            if not fault:
                writer.writerow([number, *record.fields])
                continue
            found.rejected += 1
            rejects.append((file, number, column, _shown(record.text), fault))
            if len(rejects) >= _BATCH:
                _flush(con, rejects)
    _flush(con, rejects)
    if found.zeros:
        found.warnings.append(Message(ZEROS, rows=found.zeros))
    if found.padded:
        found.warnings.append(Message(PADDED, rows=found.padded))
    return found


def _judge(record: _Record, layout: Layout, columns: Sequence[RawColumn], found: Repaired) -> tuple[str, str]:
    """(column, what is wrong) of a record, ('', '') for a sound one; drops empty fields beyond the header."""
    if record.fault:
        return "", record.fault
    fields = record.fields
    if len(fields) > layout.width and not any(f.strip() for f in fields[layout.width :]):
        del fields[layout.width :]
        found.padded += 1
    if len(fields) != layout.width:
        said = ONE_FIELD if len(fields) == 1 else OTHER_FIELDS
        return "", Message(said, fields=len(fields), width=layout.width)
    for position, value in enumerate(fields):
        if not value.isascii() and _undecodable(value):
            return columns[position].name, BAD_BYTES
    if "\0" in record.text:
        found.zeros += 1
        fields[:] = [f.replace("\0", "") for f in fields]
    return "", ""


def _undecodable(value: str) -> bool:
    return "\ufffd" in value or any("\udc80" <= sign <= "\udcff" for sign in value)


def _read(lines: Iterator[str], delimiter: str, longest: int) -> Iterator[_Record]:
    """Records with their text; blank lines are left out. A quote that never closes costs only its own line."""
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, "")
        if not line:
            return
        if not line.strip():
            continue
        if len(line) > longest:
            yield _Record([], line[:VALUE_LENGTH], Message(TOO_LONG, most=longest))
        elif delimiter == SPACES:
            yield _Record(line.split(), line)
        elif '"' not in line:
            yield _Record(line.rstrip("\n").split(delimiter), line)
        else:
            yield _quoted_record(line, lines, waiting, delimiter, longest)


def _quoted_record(
    line: str, lines: Iterator[str], waiting: list[str], delimiter: str, longest: int
) -> _Record:
    """A record with quotes, with as many further lines as its open quote takes; the lines go back where it never closes."""
    taken: list[str] = []
    open_quote = _leaves_open(line, delimiter, False)
    size = len(line)
    while open_quote:
        more = waiting.pop(0) if waiting else next(lines, "")
        if not more or len(taken) >= _LINES or size > longest:
            waiting[:0] = [*taken, more] if more else taken
            return _Record([], line, OPEN_QUOTE)
        taken.append(more)
        size += len(more)
        open_quote = _leaves_open(more, delimiter, True)
    text = line + "".join(taken)
    return _Record(_fields(text.rstrip("\n"), delimiter), text)


def _leaves_open(line: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted field is still open at the end of the line. Quotes within a plain field mean nothing."""
    position, end = 0, len(line)
    while position < end:
        if inside:
            close = line.find('"', position)
            if close < 0:
                return True
            if line[close + 1 : close + 2] == '"':
                position = close + 2
                continue
            inside = False
            position = close + 1
        delimited = line.find(delimiter, position)
        if delimited < 0 and not (position == 0 and line[0] == '"'):
            return False
        if position == 0 and line[0] == '"':
            inside, position = True, 1
        else:
            position = delimited + 1
            if line[position : position + 1] == '"':
                inside, position = True, position + 1
    return inside


def _fields(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(2**31 - 1)
    return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])


def _shown(text: str) -> str:
    return text.rstrip("\n").encode("utf-8", errors="replace").decode("utf-8")[:VALUE_LENGTH]


def _flush(con: duckdb.DuckDBPyConnection, rejects: list[tuple[str, int, str, str, str]]) -> None:
    reject_rows(con, rejects)
    rejects.clear()
