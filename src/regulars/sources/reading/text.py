"""Text files as bytes: which encoding they have, and a UTF-8 copy where that is another one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from regulars.kernel.errors import InputError

SAMPLE = 256 * 1024
_CHUNK = 4 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ["cp1252", "cp1250", "iso8859_2", "iso8859_15", "cp1251", "cp1253", "cp1254", "cp1257", "cp850"]
_FALLBACK = "cp1252"
# Letters of Central European words that cp1252 shows as these signs inside a word.
_CENTRAL = re.compile(r"[a-zA-Z][ºþ³¹¿ª£¥¯]|[³¹º¿þ][a-z]")
_NOTHING = re.compile(rb"[^\x80-\xff]+")


@dataclass(frozen=True)
class Encoding:
    """`name` as Python knows it. `mixed`: mainly UTF-8, but some lines are in `name`. `guessed`: it was not certain."""

    name: str
    mixed: bool = False
    guessed: bool = False

    @property
    def is_utf8(self) -> bool:
        return not self.mixed and self.name in ("utf-8", "utf-8-sig")


def detect_encoding(path: Path, *, whole: bool = False) -> Encoding:
    """The encoding by its mark, by the pattern of zero bytes, by being valid UTF-8, else by a guess at the letters.

    Looks at the first part of the file; with `whole` at all lines that have letters beyond ASCII.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name)
    zeros = head.count(0)
    if zeros > len(head) // 5:
        even = head[::2].count(0)
        return Encoding("utf-16-be" if even > zeros - even else "utf-16-le", guessed=True)
    foreign, utf8_lines = _lines_beyond_ascii(path if whole else None, head)
    if not foreign:
        return Encoding("utf-8")
    return Encoding(_guess(b"\n".join(foreign)), mixed=utf8_lines > len(foreign), guessed=True)


def _lines_beyond_ascii(path: Path | None, head: bytes) -> tuple[list[bytes], int]:
    """Lines that are not valid UTF-8 (at most 2,000), and the number of lines that are UTF-8 beyond ASCII."""
    foreign: list[bytes] = []
    valid = 0
    if path is None:
        lines = head.split(b"\n")
        found = lines[:-1] if len(head) == SAMPLE and len(lines) > 1 else lines
        return _judge(found, foreign, valid)
    with path.open("rb") as file:
        while block := file.readlines(_CHUNK):
            if any(not line.isascii() for line in (b"".join(block),)):
                foreign, valid = _judge(block, foreign, valid)
    return foreign, valid


def _judge(lines: list[bytes], foreign: list[bytes], valid: int) -> tuple[list[bytes], int]:
    for line in lines:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            valid += 1
        except UnicodeDecodeError:
            if len(foreign) < 2000:
                foreign.append(line[:2000])
    return foreign, valid


def _guess(sample: bytes) -> str:
    """One of the usual one-byte encodings of shops' exports, judged by the letters it makes."""
    western = sample.decode(_FALLBACK, errors="replace")
    best = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=0.9).best()
    name = best.encoding if best is not None else _FALLBACK
    if _CENTRAL.search(western) and name not in ("cp1250", "iso8859_2", "cp1257"):
        return "cp1250"
    if name in ("iso8859_15", "cp1254", "cp1257", "cp850", "cp1251", "cp1253") and not _all_foreign(sample):
        return _FALLBACK
    return name


def _all_foreign(sample: bytes) -> bool:
    """Whether most letters lie beyond ASCII, as in Russian or Greek words; a few accents do not."""
    return len(_NOTHING.sub(b"", sample)) * 3 > len(sample)


def to_utf8(source: Path, target: Path, encoding: Encoding, *, where: str) -> int:
    """Write `source` as UTF-8 to `target` in bounded memory; the number of lines that were in another encoding.

    A byte that the encoding does not know becomes U+FFFD, which the caller finds and refuses by row.
    Raises InputError where the encoding's name is unknown.
    """
    try:
        codecs.lookup(encoding.name)
    except LookupError:
        raise InputError(
            f"There is no encoding called '{encoding.name}'.", where=where, do="Use a name such as utf-8, cp1252, utf-16."
        ) from None
    if encoding.mixed or encoding.name in ("utf-8", "utf-8-sig"):
        return _mend_lines(source, target, encoding)
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="replace")
    with source.open("rb") as file, target.open("wb") as out:
        while block := file.read(_CHUNK):
            out.write(decoder.decode(block).encode("utf-8", errors="replace"))
        out.write(decoder.decode(b"", final=True).encode("utf-8", errors="replace"))
    return 0


def _mend_lines(source: Path, target: Path, encoding: Encoding) -> int:
    mended = 0
    other = encoding.name if encoding.mixed else "utf-8"
    with source.open("rb") as file, target.open("wb") as out:
        for line in file:
            try:
                line.decode("utf-8")
                out.write(line)
            except UnicodeDecodeError:
                mended += 1
                out.write(line.decode(other, errors="replace").encode("utf-8"))
    return mended
