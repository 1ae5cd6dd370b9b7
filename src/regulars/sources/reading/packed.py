"""Compressed files: unpacked to a private folder, in bounded memory, and only as far as the limits allow."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

from regulars.kernel.errors import InputError
from regulars.sources.reading.raw import Limits

_CHUNK = 1024 * 1024


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpack(path: Path, folder: Path, kind: str, limits: Limits) -> Path:
    """The one table in a gz or zip file, unpacked into `folder`.

    Raises InputError for damaged or encrypted files, for more than one table, and beyond the limits.
    """
    target = folder / "unpacked"
    packed = max(path.stat().st_size, 1)
    try:
        if kind == "gz":
            with gzip.open(path, "rb") as stream:
                _copy(stream, target, packed, limits, path.name)
        else:
            with zipfile.ZipFile(path) as archive:
                member = _only_member(archive, path.name)
                with archive.open(member) as stream:
                    _copy(stream, target, max(member.compress_size, 1), limits, path.name)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError):
        raise InputError(
            "The compressed file is cut off or damaged.", where=path.name, do="Copy it again."
        ) from None
    if not target.stat().st_size:
        raise InputError("The compressed file holds an empty file.", where=path.name, do="Export it again.")
    return target


def check_workbook(path: Path, file: str, limits: Limits) -> None:
    """Refuse a workbook whose parts would unpack beyond the limits. Raises InputError."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    packed = max(path.stat().st_size, 1)
    if total > limits.unpacked or (total > limits.small and total > packed * limits.ratio):
        raise _bomb(file)
    if any(part.flag_bits & 1 for part in parts):
        raise InputError("The workbook is protected by a password.", where=file, do="Save it without one.")


def _only_member(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(m.filename)]
    if not members:
        raise InputError("The archive is empty.", where=file, do="Pack it again.")
    if len(members) > 1:
        listed = ", ".join(m.filename for m in members[:5])
        raise InputError(
            f"The archive holds {len(members)} files ({listed}); one is read at a time.",
            where=file,
            do="Unpack it and name the files.",
        )
    if members[0].flag_bits & 1:
        raise InputError("The archive is protected by a password.", where=file, do="Unpack it first.")
    return members[0]


def _hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _copy(stream: _Stream, target: Path, packed: int, limits: Limits, file: str) -> None:
    written = 0
    with target.open("wb") as out:
        while block := stream.read(_CHUNK):
            written += len(block)
            if written > limits.unpacked or (written > limits.small and written > packed * limits.ratio):
                raise _bomb(file)
            out.write(block)


def _bomb(file: str) -> InputError:
    return InputError(
        "Unpacked, the file would be out of all proportion to its size; it was not read.",
        where=file,
        do="Unpack it yourself if you trust it, and name the unpacked file.",
    )
