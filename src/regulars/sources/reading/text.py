"""Text files as bytes: which encoding they have, and a UTF-8 copy where that is another one."""

from __future__ import annotations

import codecs
import mmap
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
_OTHER_SCRIPTS = [
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "iso8859_7",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
]
_FALLBACK = "cp1252"
# Signs that stand within words only where cp1252 is the wrong encoding (\ufffd: bytes that it does not have).
_TELLTALES = (
    (re.compile(r"[a-zA-Z][\ufffd„”“‚‡][a-zA-Z]"), "cp850"),
    (re.compile(r"[a-zA-Z][±¶¼¾¦¬»]+[a-zA-Z]|[a-zA-Z]±|\b[¦¬¯±¶][a-z]"), "iso8859_2"),
    (re.compile(r"[a-zA-Z][ºþ³¹¿œŸª£¥¯¾]|\b[³¹º¿þªÞŒ£¯][a-z]"), "cp1250"),
)
_ASCII = re.compile(rb"[\x00-\x7f]+")


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
    if path is None:
        lines = head.split(b"\n")
        return foreign, _judge(lines[:-1] if len(head) == SAMPLE and len(lines) > 1 else lines, foreign)
    valid = 0
    with path.open("rb") as file:
        while block := file.readlines(_CHUNK):
            valid += _judge(block, foreign)
    return foreign, valid


def _judge(lines: list[bytes], foreign: list[bytes]) -> int:
    valid = 0
    for line in lines:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            valid += 1
        except UnicodeDecodeError:
            if len(foreign) < 2000:
                foreign.append(line[:2000])
    return valid


def has_zero_bytes(path: Path) -> bool:
    """Whether a byte of the file is zero (0.1 s a gigabyte)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return whole.find(b"\0") >= 0


def _guess(sample: bytes) -> str:
    """One of the usual one-byte encodings of shops' exports, judged by the letters that it makes of the words."""
    letters = len(_ASCII.sub(b"", sample))
    if letters * 3 > len(re.sub(rb"[^a-zA-Z\x80-\xff]", b"", sample)):
        best = from_bytes(sample, cp_isolation=_OTHER_SCRIPTS, threshold=0.9).best()
        if best is not None:
            return str(best.encoding)
    western = sample.decode(_FALLBACK, errors="replace")
    for signs, name in _TELLTALES:
        if signs.search(western):
            return name
    return _FALLBACK


def to_utf8(source: Path, target: Path, encoding: Encoding, *, where: str) -> int:
    """Write `source` as UTF-8 to `target` in bounded memory; the number of lines that were in another encoding.

    A byte that the encoding does not know becomes U+FFFD, which the caller finds and refuses by row.
    Raises InputError where the encoding's name is unknown.
    """
    try:
        codecs.lookup(encoding.name)
    except LookupError:
        raise InputError(
            f"There is no encoding called '{encoding.name}'.",
            where=where,
            do="Use a name such as utf-8, cp1252, utf-16.",
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
