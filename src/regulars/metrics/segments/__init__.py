"""Segment rules: text that a person can read, checked and compiled to an expression over customers.

    orders >= 3 and days_since_last_order > 90 and country in (DE, AT)

See docs/segments.md for the language. A platform context adds columns of its own to `STANDARD`.
"""

from __future__ import annotations

import ibis.expr.types as ir

from regulars.metrics.analysis import Analysis
from regulars.metrics.segments.ast import Rule
from regulars.metrics.segments.checker import check
from regulars.metrics.segments.columns import ALLOWED, Provider, Registry, RuleColumn
from regulars.metrics.segments.compiler import members
from regulars.metrics.segments.explain import in_words
from regulars.metrics.segments.parser import parse
from regulars.metrics.segments.printer import quoted, to_text
from regulars.metrics.segments.standard import STANDARD

__all__ = [
    "ALLOWED", "STANDARD", "Provider", "Registry", "Rule", "RuleColumn", "check_rule", "explain_rule", "parse",
    "quoted", "segment_members", "segment_size", "to_text",
]  # fmt: skip


def check_rule(rule: str | Rule, *, registry: Registry = STANDARD, currency: str | None = None) -> Rule:
    """The rule, parsed and checked. Raises RuleError that points at the word."""
    parsed = parse(rule) if isinstance(rule, str) else rule
    check(parsed, registry, currency=currency)
    return parsed


def segment_members(analysis: Analysis, rule: str | Rule, *, registry: Registry = STANDARD) -> ir.Table:
    """`customer`, once each: everyone for whom the rule is true as of the analysis's day. Run it with `analysis.run`.

    Everyone: customers with a counted order, and those known without one (for them `orders` is 0). Raises RuleError.
    """
    checked = check_rule(rule, registry=registry, currency=analysis.definitions.currency)
    analysis.prepare()
    return members(analysis, checked, registry)


def segment_size(analysis: Analysis, rule: str | Rule, *, registry: Registry = STANDARD) -> int:
    """How many customers the rule is true for: a count, not an estimate."""
    found = segment_members(analysis, rule, registry=registry)
    return int(analysis.run(found.agg(n=found.count())).to_pylist()[0]["n"])


def explain_rule(rule: str | Rule, *, registry: Registry = STANDARD) -> str:
    """The rule as an English sentence."""
    words = in_words(check_rule(rule, registry=registry).node, registry)
    return words[0].upper() + words[1:] + "."
