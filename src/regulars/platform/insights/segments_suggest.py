"""What may stand where the cursor is in a rule that is being written: columns, signs, values. Pure; nothing is asked.

The text up to the cursor is walked word by word, as the parser does, without minding mistakes: where it makes no sense,
nothing is suggested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from regulars.metrics.segments import ALLOWED, Registry, RuleColumn, quoted
from regulars.metrics.segments.events import EVENTS, FILTERS

MOST = 12
Kind = Literal["column", "word", "value"]
# A column's values, the commonest first: asked for only where a value may stand.
Values = Callable[[RuleColumn], Sequence[str]]

_WORD = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<day>\d{4}-\d{2}-\d{2}(?![\w-]))
  | (?P<number>-?\d+(?:\.\d+)?)
  | (?P<text>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)
  | (?P<word>[^\W\d][\w-]*)
  | (?P<sign><=|>=|==|!=|<>|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMPARES = ("=", "==", "!=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Suggestion:
    """`text` takes the place of the word that was begun; `words` say what it is, for columns."""

    text: str
    kind: Kind
    words: str = ""


@dataclass(frozen=True)
class Completion:
    """Suggestions for the stretch [start, end) of the rule's text, best first."""

    start: int
    end: int
    found: tuple[Suggestion, ...] = ()


def complete(text: str, at: int, registry: Registry, values: Values) -> Completion:
    """What may stand at the cursor `at` (a number of characters from the start)."""
    at = max(0, min(at, len(text)))
    read = list(_read(text[:at]))
    begun = ""
    if read and read[-1][1][-1:] and (read[-1][0] in ("word", "number") or _open_quote(*read[-1])):
        begun = read.pop()[1]
    walk = _Walk(registry)
    for kind, word in read:
        if kind != "space":
            walk.step(kind, word)
    offered = list(_offered(walk, values))
    return Completion(at - len(begun), at, tuple(_fitting(offered, begun))[:MOST])


def _read(text: str) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text):
        yield str(match.lastgroup), match.group()


def _open_quote(kind: str, word: str) -> bool:
    return kind == "text" and (len(word) == 1 or word[-1] != word[0] or word.count(word[0]) % 2 == 1)


@dataclass
class _Walk:
    """What is expected after the words so far. `open`: brackets that are not closed yet, by what they enclose."""

    registry: Registry
    expects: str = "subject"
    column: RuleColumn | None = None
    open: tuple[str, ...] = ()
    low: bool = False

    @property
    def inside(self) -> bool:
        """Whether an event's filters are being written."""
        return "event" in self.open

    def step(self, kind: str, word: str) -> None:
        word = word.lower() if kind in ("word", "sign") else word
        getattr(self, "_" + self.expects.replace(" ", "_"))(kind, word)

    def _subject(self, kind: str, word: str) -> None:
        if word == "(":
            self.open = (*self.open, "group")
        elif self.inside and word == "last":
            self.expects = "length"
        elif self.inside and word in ("before", "after"):
            self.expects = "moment"
        elif kind == "word" and word != "not":
            self.column = (FILTERS if self.inside else {**EVENTS, **self.registry.columns}).get(word)
            self.expects = "test" if self.column else "nothing"
        elif word != "not":
            self._close(word)

    def _test(self, kind: str, word: str) -> None:
        following = {"in": "list", "between": "value", "is": "missing", "before": "moment", "after": "moment"}
        if word in _COMPARES or word in following:
            self.low = word == "between"
            self.expects = following.get(word, "value")
        elif word == "(" and self.column and self.column.name in EVENTS and not self.inside:
            self.open, self.expects = (*self.open, "event"), "subject"
        elif word != "not":
            self._join(kind, word)

    def _list(self, kind: str, word: str) -> None:
        self.open, self.expects = (*self.open, "list"), "value"

    def _value(self, kind: str, word: str) -> None:
        if kind == "sign":
            self._close(word)
        elif self.open[-1:] == ("list",):
            self.expects = "more"
        else:
            self.expects = "between" if self.low else "join"
            self.low = False

    def _more(self, kind: str, word: str) -> None:
        if word == ",":
            self.expects = "value"
        else:
            self._close(word)

    def _between(self, kind: str, word: str) -> None:
        self.expects = "value" if word == "and" else self.expects

    def _missing(self, kind: str, word: str) -> None:
        self.expects = "missing" if word == "not" else "join"

    def _moment(self, kind: str, word: str) -> None:
        self.expects = "ago" if kind == "number" else "join"

    def _ago(self, kind: str, word: str) -> None:
        self.expects = "join" if word == "ago" else "ago"

    def _length(self, kind: str, word: str) -> None:
        self.expects = "join" if kind == "word" else "length"

    def _join(self, kind: str, word: str) -> None:
        if word in ("and", "or") or (word == "," and self.inside):
            self.expects = "subject"
        else:
            self._close(word)

    def _nothing(self, kind: str, word: str) -> None:
        self.expects = "subject" if word in ("and", "or") else "nothing"

    def _close(self, word: str) -> None:
        """After a closing bracket one compares (an event) or goes on; anything else leaves things as they are."""
        if word == ")" and self.open:
            closed, self.open = self.open[-1], self.open[:-1]
            self.expects = "test" if closed == "event" else "join"
            if closed == "event":
                self.column = EVENTS["orders"]  # both events are numbers and take the same signs


def _offered(walk: _Walk, values: Values) -> Iterator[Suggestion]:
    column = walk.column
    if walk.expects == "subject":
        known: Iterable[RuleColumn] = (FILTERS if walk.inside else walk.registry.columns).values()
        yield from (Suggestion(item.name, "column", item.words) for item in known)
        extra = ("last 90 days", "before", "after") if walk.inside else ("not", "orders(", "revenue(")
        yield from (Suggestion(word, "word") for word in extra)
    elif walk.expects == "test" and column is not None:
        yield from (Suggestion(sign, "word") for sign in (*ALLOWED[column.type], "is missing"))
        if column.type == "flag":
            yield from (Suggestion(word, "word") for word in ("and", "or"))
    elif walk.expects == "value" and column is not None:
        yield from (Suggestion(value, "value") for value in _values(column, values))
    elif words := _NEXT.get(walk.expects):
        yield from (Suggestion(word, "word") for word in words)
        if walk.open and walk.expects in ("join", "more"):
            yield Suggestion(")", "word")


_NEXT = {
    "list": ("(",),
    "more": (",",),
    "between": ("and",),
    "missing": ("missing", "not missing"),
    "moment": ("30 days ago", "90 days ago", "365 days ago"),
    "ago": ("days ago",),
    "length": ("30 days", "90 days", "365 days"),
    "join": ("and", "or"),
}


def _values(column: RuleColumn, values: Values) -> Iterable[str]:
    if column.type == "flag":
        return ("yes", "no")
    if column.type != "text":
        return ()
    return map(quoted, column.one_of or values(column))


def _fitting(offered: list[Suggestion], begun: str) -> Iterator[Suggestion]:
    """Those that begin with what was begun, then those that hold it, then those whose words do."""
    wanted = begun.strip("'\"").lower()
    if not wanted:
        yield from offered
        return
    ranks = (
        lambda item: item.text.strip("'").lower().startswith(wanted),
        lambda item: wanted in item.text.lower(),
        lambda item: wanted in item.words.lower(),
    )
    seen: set[str] = set()
    for fits in ranks:
        for item in offered:
            if item.text not in seen and fits(item):
                seen.add(item.text)
                if item.text.lower() != begun.lower():
                    yield item
