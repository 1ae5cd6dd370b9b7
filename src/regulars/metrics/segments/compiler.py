"""From a checked tree to an expression over customers.

A missing value satisfies no comparison, and `not` does not change that: conditions are true, false or unknown, `not`
unknown is unknown, and only what is true is in the segment. Texts are compared without regard to capitals.
"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.metrics.analysis import Analysis
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
    Rule,
    Subject,
    Value,
    When,
)
from regulars.metrics.segments.checker import YES, conditions, decimal_of
from regulars.metrics.segments.columns import Provider, Registry, RuleColumn
from regulars.metrics.segments.events import EVENTS, FILTERS, OF_LINES, by_customer, event_rows
from regulars.metrics.segments.standard import everyone


def members(analysis: Analysis, rule: Rule, registry: Registry) -> ir.Table:
    """`customer` of everyone for whom the rule is true. The rule must have been checked."""
    found = list(conditions(rule.node))
    table = everyone(analysis)
    for provider in _used(found, registry):
        table = _with_columns(table, provider, provider.build(analysis), found)
    events = {condition.subject for condition in found if condition.subject.filters is not None}
    places = {subject: f"event_{n}" for n, subject in enumerate(sorted(events, key=repr))}
    for subject, name in places.items():
        table = _with_event(table, analysis, subject, name)
    return table.filter(_Compiler(analysis, registry, table, places).node(rule.node)).select("customer")


def _used(found: list[Condition], registry: Registry) -> list[Provider]:
    names = [condition.subject.name for condition in found if condition.subject.filters is None]
    used = {registry.provider_of(name).name for name in names}
    return [provider for provider in registry.providers if provider.name in used]


def _with_columns(table: ir.Table, provider: Provider, facts: ir.Table, found: list[Condition]) -> ir.Table:
    """The customers with those of the provider's columns that the rule reads."""
    wanted = {condition.subject.name for condition in found if condition.subject.filters is None}
    columns = [column for column in provider.columns if column.name in wanted]
    own = facts.select(known="customer", **{column.name: facts[column.name] for column in columns})
    joined = table.left_join(own, table.customer == own.known)
    filled = {column.name: _filled(joined[column.name], column) for column in columns}
    return joined.select(*(table[name] for name in table.columns), **filled)


def _with_event(table: ir.Table, analysis: Analysis, subject: Subject, name: str) -> ir.Table:
    filters = subject.filters or ()
    with_lines = any(not isinstance(part, Last) and part.subject.name in OF_LINES for part in filters)
    rows = event_rows(analysis, with_lines=with_lines)
    for part in filters:
        rows = rows.filter(_filter(analysis, rows, part))
    counted = by_customer(rows, subject.name, with_lines=with_lines).rename(known="customer")
    joined = table.left_join(counted, table.customer == counted.known)
    value = _filled(joined.value, EVENTS[subject.name])
    return joined.select(*(table[column] for column in table.columns), **{name: value})


def _filter(analysis: Analysis, rows: ir.Table, part: Condition | Last) -> ir.BooleanValue:
    if isinstance(part, Last):
        return rows.day >= _day(Ago(part.days), analysis.as_of)
    return _test(part, rows[part.subject.name], FILTERS[part.subject.name], analysis.as_of)


def _filled(value: ir.Value, column: RuleColumn) -> ir.Value:
    typed = value.cast(column.ibis)
    return typed if column.absent is None else typed.fill_null(ibis.literal(column.absent).cast(column.ibis))


class _Compiler:
    def __init__(
        self, analysis: Analysis, registry: Registry, table: ir.Table, events: dict[Subject, str]
    ) -> None:
        self.as_of, self.columns, self.table, self.events = analysis.as_of, registry.columns, table, events

    def node(self, node: Node) -> ir.BooleanValue:
        if isinstance(node, And):
            return ibis.and_(*(self.node(part) for part in node.parts))
        if isinstance(node, Or):
            return ibis.or_(*(self.node(part) for part in node.parts))
        if isinstance(node, Not):
            return ~self.node(node.part)
        if node.subject.filters is not None:
            return _test(node, self.table[self.events[node.subject]], EVENTS[node.subject.name], self.as_of)
        name = node.subject.name
        return _test(node, self.table[name], self.columns[name], self.as_of)


def _test(node: Condition, value: ir.Value, column: RuleColumn, as_of: date) -> ir.BooleanValue:
    """One condition on one column."""
    if isinstance(node, Flag):
        return value
    if isinstance(node, Missing):
        return value.notnull() if node.negated else value.isnull()
    if isinstance(node, When):
        day = _day(node.day, as_of)
        return value < day if node.side == "before" else value > day
    if column.type == "text":
        value = value.lower()
    if isinstance(node, Compare):
        return _compared(value, node.op, _literal(node.value, column))
    if isinstance(node, In):
        found = value.isin([_literal(item, column) for item in node.values])
    else:
        found = _between(value, node, column)
    return ~found if node.negated else found


def _between(value: ir.Value, node: Between, column: RuleColumn) -> ir.BooleanValue:
    return (value >= _literal(node.low, column)) & (value <= _literal(node.high, column))


def _compared(value: ir.Value, op: str, with_: ir.Scalar) -> ir.BooleanValue:
    if op == "=":
        return value == with_
    if op == "!=":
        return value != with_
    if op == "<":
        return value < with_
    if op == "<=":
        return value <= with_
    return value > with_ if op == ">" else value >= with_


def _literal(value: Value, column: RuleColumn) -> ir.Scalar:
    if isinstance(value, Day):
        return ibis.literal(value.value, "date")
    if isinstance(value, Number):
        number = decimal_of(value)
        if column.type == "whole":
            return ibis.literal(int(number), "int64")
        # Shares and numbers are floats in the facts; amounts are exact.
        return (
            ibis.literal(number, "decimal(18, 4)") if column.type == "money" else ibis.literal(float(number))
        )
    if column.type == "flag":
        return ibis.literal(value.text.lower() in YES)
    return ibis.literal(value.text.lower())


def _day(day: Day | Ago, as_of: date) -> ir.DateScalar:
    if isinstance(day, Day):
        return ibis.literal(day.value, "date")
    # Before the calendar's first day there is nothing: earlier is the same.
    reach = min(day.days, (as_of - date.min).days)
    return ibis.literal(as_of - timedelta(days=reach), "date")
