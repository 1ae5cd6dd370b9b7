"""The rule column `persona`: a customer's persona by its name, whichever of its names a rule was written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import Provider, Registry, RuleColumn, check_rule, to_text
from regulars.metrics.segments.ast import And, Compare, In, Node, Not, Or, Rule, Value, Word
from regulars.platform.insights.models import FormerName, Persona
from regulars.platform.insights.personas_find import GROUPS

PERSONA = RuleColumn("persona", "text", "persona")
_NAMES = ibis.table({"number": "int64", "persona": "string"}, name="persona_names")


def provider(names: Mapping[int, str]) -> Provider:
    """The column, with these names by number."""

    def build(analysis: Analysis) -> ir.Table:
        rows = pa.table(
            {
                "number": pa.array(list(names), pa.int64()),
                "persona": pa.array(list(names.values()), pa.string()),
            }
        )
        analysis.engine.put(_NAMES.get_name(), rows)
        members = GROUPS.ibis
        return members.join(_NAMES, members.persona == _NAMES.number).select(
            customer=members.customer, persona=_NAMES.persona
        )

    return Provider("personas", (PERSONA,), build)


def read_names() -> tuple[dict[int, str], dict[str, str]]:
    """Names by number, and for every name that there is or was, without case, the one that is in force."""
    names = dict(Persona.objects.values_list("pk", "name"))
    meant = {
        name.casefold(): names[number]
        for name, number in FormerName.objects.values_list("name", "persona_id")
    }
    return names, meant | {name.casefold(): name for name in names.values()}


def with_names_in_force(rule: str, meant: Mapping[str, str], registry: Registry) -> str:
    """The rule with each persona by the name that is in force now; as it is where it names none, or none that is known.

    The rule has been checked.
    """
    if PERSONA.name not in rule:
        return rule
    read = check_rule(rule, registry=registry)
    node = _named(read.node, meant)
    return rule if node == read.node else to_text(Rule(node, rule))


def _named(node: Node, meant: Mapping[str, str]) -> Node:
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_named(part, meant) for part in node.parts))
    if isinstance(node, Not):
        return Not(_named(node.part, meant))
    if isinstance(node, Compare) and node.subject.name == PERSONA.name:
        return replace(node, value=_in_force(node.value, meant))
    if isinstance(node, In) and node.subject.name == PERSONA.name:
        return replace(node, values=tuple(_in_force(value, meant) for value in node.values))
    return node


def _in_force(value: Value, meant: Mapping[str, str]) -> Value:
    if not isinstance(value, Word):
        return value
    return replace(value, text=meant.get(value.text.casefold(), value.text))
