"""A rule, and a mistake in one, in the reader's language. The rule itself is written in one language everywhere."""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from regulars.kernel.errors import RuleError
from regulars.metrics.rfm_scores import GROUPS
from regulars.metrics.segments import ALLOWED, check_rule
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
    Or,
    Subject,
    Value,
    When,
)
from regulars.metrics.segments.events import EVENTS, FILTERS
from regulars.platform.insights.api import segments
from regulars.platform.web.rule_texts import COLUMNS, DOES, WHATS
from regulars.platform.web.templatetags.regulars import reader

_GROUPS = dict(GROUPS)
_SIGNS = {
    "=": gettext_noop("%(subject)s is %(value)s"),
    "!=": gettext_noop("%(subject)s is not %(value)s"),
    "<": gettext_noop("%(subject)s is less than %(value)s"),
    "<=": gettext_noop("%(subject)s is at most %(value)s"),
    ">": gettext_noop("%(subject)s is more than %(value)s"),
    ">=": gettext_noop("%(subject)s is at least %(value)s"),
}


def in_words(rule: str) -> str:
    """The rule as a sentence. Raises RuleError."""
    words = _node(check_rule(rule, registry=segments.KNOWN).node)
    return words[0].upper() + words[1:] + "."


def words_or_rule(rule: str) -> str:
    """The same; a rule that no longer fits is shown as it is written."""
    try:
        return in_words(rule)
    except RuleError:
        return rule


def mistake_words(error: RuleError) -> tuple[str, str]:
    """What is wrong and what to do."""
    return _translated(error.what, WHATS), _translated(error.do, DOES)


def column_words(english: str) -> str:
    """A column's meaning; one that another part of the platform brings is shown as it comes."""
    return _(english) if english in COLUMNS else english


def rule_columns() -> list[tuple[str, str, str]]:
    """Name, meaning and signs of every column that a rule may speak of."""
    known = segments.KNOWN.columns.values()
    return [(column.name, column_words(column.words), "  ".join(ALLOWED[column.type])) for column in known]


def _node(node: Node) -> str:
    if isinstance(node, And):
        return _(", and ").join(_part(part) for part in node.parts)
    if isinstance(node, Or):
        return _(", or ").join(_part(part) for part in node.parts)
    if isinstance(node, Not):
        return _("it is not so that (%(words)s)") % {"words": _node(node.part)}
    names = {name: column.words for name, column in segments.KNOWN.columns.items()}
    return _condition(node, _subject(node.subject, names))


def _part(part: Node) -> str:
    return f"({_node(part)})" if isinstance(part, And | Or) else _node(part)


def _condition(node: Condition, subject: str) -> str:
    if isinstance(node, Flag):
        return _("%(subject)s: yes") % {"subject": subject}
    if isinstance(node, Compare):
        return _(_SIGNS[node.op]) % {"subject": subject, "value": _named(node.value, node.subject)}
    if isinstance(node, When):
        template = (
            _("%(subject)s is before %(day)s") if node.side == "before" else _("%(subject)s is after %(day)s")
        )
        return template % {"subject": subject, "day": _moment(node.day)}
    if isinstance(node, Missing):
        template = _("%(subject)s is known") if node.negated else _("%(subject)s is not known")
        return template % {"subject": subject}
    if isinstance(node, In):
        template = (
            _("%(subject)s is none of %(values)s") if node.negated else _("%(subject)s is one of %(values)s")
        )
        values = ", ".join(_named(value, node.subject) for value in node.values)
        return template % {"subject": subject, "values": values}
    return _between(node, subject)


def _between(node: Between, subject: str) -> str:
    if node.negated:
        template = _("%(subject)s is not from %(low)s to %(high)s")
    else:
        template = _("%(subject)s is from %(low)s to %(high)s")
    return template % {"subject": subject, "low": _value(node.low), "high": _value(node.high)}


def _subject(subject: Subject, names: dict[str, str]) -> str:
    if subject.filters is None:
        return column_words(names[subject.name])
    inside = [_filter(part) for part in subject.filters]
    return f"{column_words(EVENTS[subject.name].words)} ({', '.join(inside)})"


def _filter(part: Condition | Last) -> str:
    if isinstance(part, Last):
        return ngettext("in the last %(n)s day", "in the last %(n)s days", part.days) % {"n": part.days}
    return _condition(part, column_words(FILTERS[part.subject.name].words))


def _moment(day: Day | Ago) -> str:
    if isinstance(day, Day):
        return reader().day(day.value)
    return ngettext(
        "%(n)s day before the day looked at", "%(n)s days before the day looked at", day.days
    ) % {"n": day.days}  # fmt: skip


def _named(value: Value, subject: Subject) -> str:
    """The value; a group of customers by its name, as everywhere else."""
    if subject.name == "rfm_group" and not isinstance(value, Number | Day) and value.text in _GROUPS:
        return _quoted(reader().say(_GROUPS[value.text]))
    return _value(value)


def _value(value: Value) -> str:
    if isinstance(value, Number):
        digits = max(0, -int(value.value.as_tuple().exponent))
        if value.percent:
            return reader().percent(value.value, digits)
        if value.currency:
            return reader().money(value.value, value.currency, digits)
        return reader().number(value.value, digits)
    return reader().day(value.value) if isinstance(value, Day) else _quoted(value.text)


def _quoted(text: str) -> str:
    return _("'%(text)s'") % {"text": text}


def _translated(text: str, known: tuple[str, ...]) -> str:
    for template in known:
        if match := _pattern(template).fullmatch(text):
            return str(_(template) % match.groupdict())
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """`There is no column '%(name)s'.` as a pattern with the group `name`."""
    parts = re.split(r"%\((\w+)\)s", template)
    texts = [
        re.escape(part.replace("%%", "%")) if n % 2 == 0 else f"(?P<{part}>.*)"
        for n, part in enumerate(parts)
    ]
    return re.compile("".join(texts), re.DOTALL)
