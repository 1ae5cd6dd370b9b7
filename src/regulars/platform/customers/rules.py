"""How names, addresses and numbers are folded for the search, and identifiers made fit for an index. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 500  # characters of an identifier; an index entry of PostgreSQL has an end
_HEAD = 400
# Letters that are no letter with a mark, and yet are typed without it.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
)
_NOT_DIGITS = re.compile(r"\D+")


def kept(identifier: str) -> str:
    """The identifier as it is stored: itself, or, where it is very long, its head and a digest."""
    clean = identifier.replace("\x00", "")
    if len(clean) <= LONGEST:
        return clean
    return f"{clean[:_HEAD]}#{hashlib.sha256(clean.encode()).hexdigest()}"


def kept_sql(identifier: str) -> str:
    """`kept` as SQL of DuckDB, of the column `identifier`."""
    clean = f"replace({identifier}, chr(0), '')"
    return f"CASE WHEN length({clean}) <= {LONGEST} THEN {clean} ELSE left({clean}, {_HEAD}) || '#' || sha256({clean}) END"


def fold(text: str) -> str:
    """Small letters without marks, single spaces: 'Müller  Ødegård' is 'muller odegard'."""
    lowered = " ".join(text.casefold().split())
    if lowered.isascii():
        return lowered
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(sign))
    return bare.translate(_LETTERS)


def digits(text: str) -> str:
    """The digits alone: '+49 (0)30 12-34' is '490301234'."""
    return _NOT_DIGITS.sub("", text)


def folded(name: str, email: str, phone: str) -> str:
    """What the search reads of a contact: name, address and digits, a line each."""
    return f"{fold(name)}\n{fold(email)}\n{digits(phone)}"
