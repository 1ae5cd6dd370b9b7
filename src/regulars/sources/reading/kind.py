"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from regulars.kernel.errors import InputError

_HEAD = 64 * 1024
_EXPORT = "Export it as CSV, Excel (.xlsx), Parquet or JSON lines."
_SIGNS = (  # (first bytes, what it is, what to do)
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or another Office file", "Open it and save it as .xlsx or CSV."),
    (b"%PDF", "a PDF document", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"GIF8", "a picture", _EXPORT),
    (b"SQLite format 3\0", "an SQLite database", _EXPORT),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it, or pack it as zip or gz."),
    (b"Rar!", "a RAR archive", "Unpack it, or pack it as zip or gz."),
    (b"BZh", "a bz2 archive", "Unpack it, or pack it as zip or gz."),
    (b"\xfd7zXZ\0", "an xz archive", "Unpack it, or pack it as zip or gz."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it, or pack it as zip or gz."),
    (b"\x7fELF", "a program", _EXPORT),
    (b"MZ\x90\0", "a program", _EXPORT),
    (b"ORC", "an ORC file", "Convert it to Parquet."),
    (b"Obj\x01", "an Avro file", "Convert it to Parquet."),
)  # fmt: skip
_HTML = re.compile(rb"^\s*(<!doctype html|<html|<head|<body|<table|<script|<meta)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<(\?xml|[A-Za-z]+[ >:])")


def check_path(path: Path) -> Path:
    """The file itself, links followed. Raises InputError where there is no readable, filled file."""
    shown = path.name or str(path)
    if any(sign in path.name for sign in "*?") and not path.exists():
        raise InputError(
            "No file has this name; name patterns are for the shell to fill in.",
            where=shown,
            do="Name the files one by one.",
        )
    try:
        found = path.resolve(strict=True)
    except FileNotFoundError:
        raise InputError("There is no such file.", where=shown, do="Check the name and the folder.") from None
    except (OSError, RuntimeError):
        raise InputError(
            "The link leads nowhere, or round in a circle.", where=shown, do="Name the file itself."
        ) from None
    if found.is_dir():
        raise InputError("This is a folder, not a file.", where=shown, do="Name the files in it.")
    if not found.is_file():
        raise InputError("This is no ordinary file.", where=shown, do="Save it to a file first.")
    try:
        with found.open("rb") as file:
            empty = not file.read(1)
    except PermissionError:
        raise InputError(
            "The file may not be read.", where=shown, do="Give yourself the right to read it."
        ) from None
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror}.", where=shown, do="Copy it elsewhere."
        ) from None
    if empty:
        raise InputError("The file is empty.", where=shown, do="Export it again.")
    return found


def find_kind(path: Path, *, shown: str = "") -> str:
    """excel, parquet, gz, zip, json, ndjson or csv. Raises InputError for what is none of these."""
    where = shown or path.name
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for sign, what, do in _SIGNS:
        if head.startswith(sign):
            raise InputError(f"This is {what}, not a table of text.", where=where, do=do)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(path, where)
    return _kind_of_text(head, where)


def _kind_of_zip(path: Path, where: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError(
            "The file is cut off or damaged: it begins as a zip or Excel file and has no end.",
            where=where,
            do="Export or copy it again.",
        ) from None
    if "xl/workbook.xml" in names:
        return "excel"
    if "xl/workbook.bin" in names:
        raise InputError(
            "This is a binary Excel workbook (.xlsb).", where=where, do="Save it as .xlsx or CSV."
        )
    if "mimetype" in names and "content.xml" in names:
        raise InputError("This is an OpenDocument file.", where=where, do="Save it as .xlsx or CSV.")
    if "[Content_Types].xml" in names:
        raise InputError("This is an Office document, but no workbook.", where=where, do=_EXPORT)
    return "zip"


def _kind_of_text(head: bytes, where: str) -> str:
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if plain[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = plain.decode("utf-16", errors="replace").encode("utf-8")
    elif plain.count(0) > len(plain) // 5:
        if not _is_wide_text(plain):
            raise InputError("This is a binary file, not a table.", where=where, do=_EXPORT)
        return "csv"
    if _HTML.match(plain):
        raise InputError(
            "This is a web page, not a table: often an export that was saved after the login had ended.",
            where=where,
            do="Sign in to the shop and export again as CSV.",
        )
    if _XML.match(plain):
        raise InputError(
            "This is XML, perhaps an old Excel file (.xls).",
            where=where,
            do="Open it and save it as .xlsx or CSV.",
        )
    if _is_binary(plain):
        raise InputError("This is a binary file, not a table.", where=where, do=_EXPORT)
    stripped = plain.lstrip()
    if stripped[:1] == b"[" and stripped[1:].lstrip()[:1] in (b"{", b"]"):
        return "json"
    if stripped[:1] == b"{" and re.match(rb'\{\s*("|\})', stripped):
        return "ndjson"
    return "csv"


def _is_binary(head: bytes) -> bool:
    """Control signs that no text has, beyond a stray few."""
    controls = sum(head.count(bytes([sign])) for sign in range(32) if sign not in (0, 9, 10, 12, 13, 27))
    return controls + max(head.count(0) - 50, 0) > max(len(head) // 100, 8)


def _is_wide_text(head: bytes) -> bool:
    """UTF-16 without a mark: the zeros stand on every second place."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) // 5 and min(even, odd) * 10 < max(even, odd)
