"""Texts to values as SQL. Every reader says what the value is, whether anything was given, and what a bad one is not."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.lake.engines.duck import literal

_SPACES = literal(" \t\r\n\u00a0\u202f\u200b\ufeff")
MISSING = (
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "nan",
    "nil",
    "\\n",
    "(null)",
    "(none)",
    "-",
    "--",
    "nat",
    "undefined",
)
YES = ("true", "t", "yes", "y", "1", "1.0", "x", "on", "ja", "j", "da", "oui", "sim", "sí", "si", "sì", "s", "tak", "wahr", "vrai", "✓")  # fmt: skip
NO = ("false", "f", "no", "n", "0", "0.0", "off", "nein", "nei", "nej", "nee", "nu", "non", "não", "nao", "nie", "falsch", "faux", "✗")  # fmt: skip


@dataclass(frozen=True)
class Parsed:
    """SQL of one reading. `value` is null where nothing is given and where what is given cannot be read.

    `given` is true where the file has anything to read; both are never null together with a readable value.
    """

    value: str
    given: str
    reason: str  # of a reject, as in 'this is no amount'

    @property
    def is_bad(self) -> str:
        """SQL, never null: something is given and cannot be read."""
        # CASE, since AND would judge `given` for every row.
        return f"(CASE WHEN ({self.value}) IS NULL THEN {self.given} ELSE false END)"


def trimmed_sql(column: str) -> str:
    """A text without the white space around it (no-break spaces and marks too); null where nothing is left."""
    # Trimming costs ten times what looking at both ends does, and few values need it.
    ends = " OR ".join(f"suffix({column}, {literal(sign)})" for sign in " \t\r\n\u00a0\u202f\u200b")
    odd = f"{column} < '!' OR {column} > '~' OR {ends}"
    return f"nullif(CASE WHEN {odd} THEN trim({column}, {_SPACES}) ELSE {column} END, '')"


def given_sql(column: str, type: str = "VARCHAR") -> str:
    """Whether there is anything to read: not null, not blank, no word for 'missing' such as NA or NULL."""
    if type in ("DOUBLE", "FLOAT"):
        return f"({column} IS NOT NULL AND NOT isnan({column}))"
    if type != "VARCHAR":
        return f"({column} IS NOT NULL)"
    return f"({_known_sql(column)} IS NOT NULL)"


def _known_sql(column: str) -> str:
    """The trimmed text; null for a word that means 'missing', which is short."""
    text, words = trimmed_sql(column), ", ".join(literal(word) for word in MISSING)
    return f"CASE WHEN strlen({column}) > 12 THEN {text} WHEN lower({text}) IN ({words}) THEN NULL ELSE {text} END"


def text_sql(column: str, type: str = "VARCHAR") -> Parsed:
    """A text, trimmed; blanks and words for 'missing' are null. Whole numbers that were made floating lose '.0'."""
    if type in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        value = f"CASE WHEN isnan({column}) THEN NULL WHEN {whole} THEN ({column})::BIGINT::VARCHAR ELSE ({column})::VARCHAR END"
        return Parsed(value, "false", "")
    if type != "VARCHAR":
        return Parsed(f"({column})::VARCHAR", "false", "")
    return Parsed(_known_sql(column), "false", "")


def flag_sql(column: str, type: str = "VARCHAR") -> Parsed:
    """True or false, in the words of the report's languages and a few more."""
    if type == "BOOLEAN":
        return Parsed(column, "false", "")
    if type != "VARCHAR":
        value = f"CASE ({column})::VARCHAR WHEN '1' THEN true WHEN '0' THEN false WHEN '1.0' THEN true WHEN '0.0' THEN false END"
        return Parsed(value, given_sql(column, type), "this is neither yes nor no")
    word = f"lower({trimmed_sql(column)})"
    yes, no = (", ".join(literal(w) for w in words) for words in (YES, NO))
    value = f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"
    return Parsed(value, given_sql(column), "this is neither yes nor no")
