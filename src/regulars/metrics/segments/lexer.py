"""A rule's words: names, numbers, days, quoted texts and signs, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from regulars.kernel.errors import RuleError

Kind = Literal["word", "number", "day", "text", "sign", "end"]

LONGEST = 10_000  # characters

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<day>\d{4}-\d{2}-\d{2}(?![\w-]))
  | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
  | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<word>[^\W\d][\w-]*)
  | (?P<sign><=|>=|==|!=|<>|=|<|>|\(|\)|,|%)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """`value` is the text as meant (quotes removed), `at` and `length` its place."""

    kind: Kind
    value: str
    at: int
    length: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or signs, in upper or lower case."""
        return self.kind in ("word", "sign") and self.value.lower() in words


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a rule, with an `end` after the last. Raises RuleError where something cannot be a word."""
    if len(text) > LONGEST:
        raise RuleError(f"A rule has at most {LONGEST} characters.", text=text[:80], at=0)
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        kind, value = str(match.lastgroup), match.group()
        if kind == "text":
            value = value[1:-1].replace(value[0] * 2, value[0])
        if kind != "space":
            found.append(Token(kind, value, at, match.end() - at))  # type: ignore[arg-type]
        at = match.end()
    return (*found, Token("end", "", len(text), 1))


def _unreadable(text: str, at: int) -> RuleError:
    if text[at] in "'\"":
        return RuleError("This quote is never closed.", text=text, at=at, do=f"Close it with {text[at]}.")
    word = re.match(r"\S+?(?=[\s(),]|$)", text[at:])
    length = len(word.group()) if word else 1
    if text[at].isdigit() or text[at] == "-":
        do = "Numbers look like 1200 or 1200.50, days like 2026-01-31. Put quotes round a text that begins with a digit."
        return RuleError(
            f"'{text[at : at + length]}' is not a number or a day.", text=text, at=at, length=length, do=do
        )
    return RuleError(
        f"'{text[at]}' has no meaning in a rule.", text=text, at=at, do="Put quotes round a text."
    )
