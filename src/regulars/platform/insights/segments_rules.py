"""The columns that rules of this site may use, and rules as they are asked: people who objected to profiling are left out."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.metrics.segments import STANDARD, Registry, RuleColumn, check_rule
from regulars.platform.customers import api as customers

PROFILED = RuleColumn("profiled", "flag", "may be profiled", absent=True)


@dataclass(frozen=True)
class Effective:
    """A rule for the engine, with the registry that it needs; an empty rule asks for everyone."""

    rule: str
    registry: Registry


def registry() -> Registry:
    """The library's columns and those of the platform; reads anew who objected to profiling."""
    return STANDARD.with_rows("profiling", customers.profiling_table(), (PROFILED,))


def effective(rule: str, *, group: str = "", currency: str | None = None) -> Effective:
    """The rule, narrowed to an RFM group where one is named. Raises RuleError that points into `rule` itself.

    Nobody who objected to profiling is found by a rule or a group; a list without either is no profile and holds all.
    """
    known = registry()
    parts = []
    if rule.strip():
        check_rule(rule, registry=known, currency=currency)
        parts.append(f"({rule})")
    if group:
        parts.append(f"rfm_group = {group}")
    if parts:
        parts.append("profiled")
    return Effective(" and ".join(parts), known)
