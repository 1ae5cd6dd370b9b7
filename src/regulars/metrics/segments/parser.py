"""From words to a tree: `or` binds loosest, then `and`, then `not`. Says what was expected where it stops.

rule      = and-rule { "or" and-rule }
and-rule  = part { "and" part }
part      = "not" part | "(" rule ")" | condition
condition = subject [ test ]                    a yes/no column may stand alone
subject   = name [ "(" filter { "," filter } ")" ]
filter    = "last" number "days" | condition
test      = ("=" | "!=" | "<" | "<=" | ">" | ">=") value
          | ["not"] "in" "(" value { "," value } ")"
          | ["not"] "between" value "and" value
          | "is" ["not"] "missing"
          | ("before" | "after") (day | number "days" "ago")
value     = number ["%" | currency] | day | word | quoted text
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from regulars.kernel.errors import RuleError
from regulars.metrics.segments.ast import (
    Ago,
    And,
    Between,
    Compare,
    Condition,
    Day,
    Flag,
    In,
    Last,
    Missing,
    Node,
    Not,
    Number,
    Op,
    Or,
    Place,
    Rule,
    Subject,
    Value,
    When,
    Word,
)
from regulars.metrics.segments.lexer import Token, tokens

DEEPEST = 40  # parentheses and nots within each other
MOST = 300  # conditions
_OPS: dict[str, Op] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_RESERVED = ("and", "or", "not", "in", "between", "is", "missing", "before", "after")
_LONGEST_AGO = 100_000  # days


def parse(text: str) -> Rule:
    """The tree of a rule. Raises RuleError, and nothing else, for any text that is none."""
    return _Parser(text).rule()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.words, self.position = text, tokens(text), 0
        self.depth = self.conditions = 0

    @property
    def here(self) -> Token:
        return self.words[self.position]

    @property
    def ended(self) -> bool:
        return self.here.kind == "end"

    def take(self) -> Token:
        token = self.here
        self.position += token.kind != "end"
        return token

    def skip(self, *words: str) -> bool:
        """Step over one of these keywords or signs if it is next."""
        found = self.here.says(*words)
        self.position += found
        return found

    def error(self, what: str, do: str = "", token: Token | None = None) -> RuleError:
        token = token or self.here
        return RuleError(what, text=self.text, at=token.at, length=token.length, do=do)

    def expect(self, word: str, why: str) -> None:
        if not self.skip(word):
            found = f"not '{self.here.value}'" if self.here.kind != "end" else "but the rule ends"
            raise self.error(f"Expected '{word}' here, {found}.", do=why)

    def rule(self) -> Rule:
        if self.here.kind == "end":
            raise self.error(
                "The rule is empty.", do="Write for example: orders >= 3 and country in (DE, AT)"
            )
        node = self.either()
        if not self.ended:
            raise self.error(
                f"'{self.here.value}' was not expected here.", do="Join conditions with 'and' or 'or'."
            )
        return Rule(node, self.text)

    def either(self) -> Node:
        return self.joined("or", self.both, Or)

    def both(self) -> Node:
        return self.joined("and", self.part, And)

    def joined(self, word: str, part: Callable[[], Node], make: Callable[[tuple[Node, ...]], Node]) -> Node:
        parts = [part()]
        while self.skip(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else make(tuple(parts))

    def part(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"More than {DEEPEST} parentheses within each other.", do="Split the rule.")
        node: Node
        if self.skip("not"):
            node = Not(self.part())
        elif self.skip("("):
            node = self.either()
            self.expect(")", "Every '(' needs its ')'.")
        else:
            node = self.condition()
        self.depth -= 1
        return node

    def condition(self) -> Condition:
        self.conditions += 1
        if self.conditions > MOST:
            raise self.error(f"More than {MOST} conditions in one rule.", do="Use 'in (...)' for long lists.")
        subject = self.subject()
        negated = self.here.says("not") and self.words[self.position + 1].says("in", "between")
        self.position += negated
        if self.skip("in"):
            return In(subject, self.values(), negated)
        if self.skip("between"):
            low = self.value()
            self.expect("and", "Write: between 3 and 10")
            return Between(subject, low, self.value(), negated)
        if self.skip("is"):
            missing = Missing(subject, self.skip("not"))
            self.expect("missing", "Write: is missing, or: is not missing")
            return missing
        if self.here.says("before", "after"):
            return When(subject, "before" if self.take().says("before") else "after", self.moment())
        if self.here.kind == "sign" and self.here.value in _OPS:
            return Compare(subject, _OPS[self.take().value], self.value())
        return Flag(subject)

    def subject(self) -> Subject:
        token = self.take()
        if token.kind != "word" or token.says(*_RESERVED):
            found = f"not '{token.value}'" if token.kind != "end" else "but the rule ends"
            raise self.error(f"Expected the name of a column here, {found}.", token=token)
        place = Place(token.at, token.length)
        if not self.skip("("):
            return Subject(token.value.lower(), None, place)
        filters = [self.filter()]
        while self.skip(","):
            filters.append(self.filter())
        self.expect(")", f"Close the parentheses of '{token.value}('.")
        return Subject(token.value.lower(), tuple(filters), place)

    def filter(self) -> Condition | Last:
        if self.here.says("last") and self.words[self.position + 1].kind == "number":
            start = self.take()
            return Last(self.days(), Place(start.at, start.length))
        if self.here.says("before", "after"):
            side = self.take()
            subject = Subject("day", None, Place(side.at, side.length))
            return When(subject, "before" if side.says("before") else "after", self.moment())
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"More than {DEEPEST} parentheses within each other.", do="Split the rule.")
        found = self.condition()
        self.depth -= 1
        return found

    def days(self) -> int:
        """`90 days`, as a number of days."""
        token = self.take()
        if token.kind != "number" or not token.value.isdigit() or len(token.value) > 6:
            raise self.error("Expected a number of days here.", do="Write for example: 90 days", token=token)
        if not self.skip("days", "day"):
            raise self.error("Expected 'days' here.", do="Write for example: 90 days")
        if int(token.value) > _LONGEST_AGO:
            raise self.error(f"At most {_LONGEST_AGO} days.", token=token)
        return int(token.value)

    def moment(self) -> Day | Ago:
        token = self.here
        if token.kind == "day":
            return self.day(self.take())
        if token.kind != "number":
            raise self.error("Expected a day here.", do="Write for example: 2026-01-31, or: 90 days ago")
        days = self.days()
        self.expect("ago", "Write for example: after 90 days ago")
        return Ago(days, Place(token.at, token.length))

    def values(self) -> tuple[Value, ...]:
        self.expect("(", "Write for example: in (DE, AT)")
        found = [self.value()]
        while self.skip(","):
            found.append(self.value())
        self.expect(")", "Separate the values with commas and close the parentheses.")
        return tuple(found)

    def value(self) -> Value:
        """Keywords are texts here: `country in (IS, IN, NO)` are Iceland, India and Norway."""
        token = self.take()
        place = Place(token.at, token.length)
        if token.kind == "number":
            return self.number(token, place)
        if token.kind == "day":
            return self.day(token)
        if token.kind in ("word", "text"):
            return Word(token.value, place)
        found = f"not '{token.value}'" if token.kind != "end" else "but the rule ends"
        raise self.error(f"Expected a value here, {found}.", token=token)

    def number(self, token: Token, place: Place) -> Number:
        if self.here.says("days", "day") and self.words[self.position + 1].says("ago"):
            raise self.error("'ago' goes with 'before' or 'after' alone.",
                             do="Write for example: last_order_day after 90 days ago",
                             token=self.words[self.position + 1])  # fmt: skip
        if self.skip("%"):
            return Number(Decimal(token.value), percent=True, place=place)
        code = self.here
        if (
            code.kind == "word"
            and len(code.value) == 3
            and code.value.isupper()
            and not code.says(*_RESERVED)
        ):
            self.take()
            return Number(Decimal(token.value), currency=code.value, place=place)
        return Number(Decimal(token.value), place=place)

    def day(self, token: Token) -> Day:
        try:
            return Day(date.fromisoformat(token.value), Place(token.at, token.length))
        except ValueError:
            raise self.error(
                f"There is no day {token.value}.", do="Days are written year-month-day.", token=token
            ) from None
