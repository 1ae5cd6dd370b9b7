"""Files that may hold a person: uploads, rejected rows, downloads, reports. Each is searched, also inside what packs it."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import duckdb

from regulars.platform.privacy.registry import Person

_PIECE = 4_000_000
_PACKED = 200_000_000  # bytes of a packed file that are looked at; a larger one counts as holding everybody
_SHORTEST = 5  # characters; a shorter text stands in every file


class UnreadableError(Exception):
    """What a file holds cannot be told; it is taken to hold the person."""


def wanted(person: Person) -> list[bytes]:
    """What is looked for: addresses, telephone numbers, full names and ids, in small letters, in three encodings."""
    texts = {text.strip().casefold() for text in person.texts}
    texts |= {one.split(":", 2)[-1].casefold() for one in person.identifiers}
    found = []
    for text in sorted(text for text in texts if len(text) >= _SHORTEST):
        for encoding in ("utf-8", "utf-16-le", "latin-1"):
            found.append(text.encode(encoding, errors="ignore"))
    return sorted({one for one in found if len(one) >= _SHORTEST})


def holding(folder: Path, person: Person) -> list[Path]:
    """The files below a folder in which the person occurs, and those that cannot be searched."""
    texts = wanted(person)
    if not texts or not folder.is_dir():
        return []
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and holds(path, texts)]


def holds(path: Path, texts: list[bytes]) -> bool:
    """Whether one of the texts stands in a file, also in a packed one or in a Parquet file's values."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head == b"PAR1":
                return _occurs(_values(path), texts)
            if head[:2] == b"PK":
                return _in_zip(file, texts)
            if head[:2] == b"\x1f\x8b":
                return _within(gzip.open(file), texts)  # type: ignore[arg-type]
            return _occurs(_pieces(file), texts)
    except FileNotFoundError:
        return False
    except (
        UnreadableError,
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        tarfile.TarError,
        RuntimeError,
        duckdb.Error,
    ):
        return True


def _in_zip(file: IO[bytes], texts: list[bytes]) -> bool:
    with zipfile.ZipFile(file) as packed:
        if sum(item.file_size for item in packed.infolist()) > _PACKED:
            raise UnreadableError
        return any(_within(io.BytesIO(packed.read(item)), texts) for item in packed.infolist())


def _within(stream: IO[bytes], texts: list[bytes]) -> bool:
    """Whether a text stands in what was unpacked, also where that is packed again (Excel, Parquet)."""
    head = stream.read(4)
    if head != b"PAR1" and head[:2] not in (b"PK", b"\x1f\x8b"):
        return _occurs(_pieces(stream, head), texts)
    with NamedTemporaryFile(prefix="regulars-") as part:
        for piece in _pieces(stream, head):
            part.write(piece)
        part.flush()
        return holds(Path(part.name), texts)


def _values(path: Path) -> Iterator[bytes]:
    reader = duckdb.connect().sql("SELECT * FROM read_parquet(?)", params=[str(path)]).to_arrow_reader(50_000)
    for batch in reader:
        yield "\n".join(str(value) for column in batch.columns for value in column.to_pylist()).encode()


def _pieces(file: IO[bytes], begun: bytes = b"") -> Iterator[bytes]:
    read = 0
    if begun:
        yield begun
    while piece := file.read(_PIECE):
        read += len(piece)
        yield piece
        if read > 50 * _PACKED:
            raise UnreadableError


def _occurs(pieces: Iterable[bytes], texts: list[bytes]) -> bool:
    longest, tail = max(map(len, texts)), b""
    for piece in pieces:
        here = _small(tail + piece)
        if any(text in here for text in texts):
            return True
        tail = piece[-longest:] if len(piece) > longest else (tail + piece)[-longest:]
    return False


def _small(data: bytes) -> bytes:
    """Small letters, also of letters with marks where the bytes are UTF-8."""
    lowered = data.lower()
    return (
        lowered
        if data.isascii()
        else lowered + b"\n" + data.decode("utf-8", errors="ignore").casefold().encode()
    )


def remove(paths: Iterable[Path]) -> int:
    """Delete files; returns how many were there."""
    count = 0
    for path in paths:
        try:
            path.unlink()
            count += 1
        except FileNotFoundError:
            continue
    return count


def expire(folder: Path, days: int) -> int:
    """Delete files below a folder that are older than so many days; returns how many."""
    oldest = time.time() - days * 86_400
    old = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < oldest]
    return remove(old)
