"""The columns that rules of this site may use, and rules as they are asked: people who objected to profiling are left out."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.errors import RuleError
from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import STANDARD, Provider, Registry, RuleColumn, check_rule
from regulars.metrics.segments.checker import conditions
from regulars.metrics.segments.predicted import PREDICTED as FROM_LAKE
from regulars.platform.customers import api as customers
from regulars.platform.insights import personas_rules as personas
from regulars.platform.insights.listing import LISTING
from regulars.platform.insights.predictions_tables import PREDICTIONS

PROFILED = RuleColumn("profiled", "flag", "may be profiled", absent=True)
# Who has been asked nothing, or said nothing that was understood, is 'unknown': nobody may take that for a yes.
MARKETING_CONSENT = RuleColumn(
    "marketing_consent",
    "text",
    "marketing consent (e-mail)",
    absent="unknown",
    one_of=("granted", "denied", "revoked", "unknown"),
)
_GROUP = "rfm_group"


def _kept_groups(provider: Provider) -> tuple[Provider, ...]:
    """The provider; RFM's in two, so that the groups, which every snapshot keeps, need not be computed for each question.
    Predictions come from the run that is shown, and not from the lake."""
    if provider.name == FROM_LAKE.name:
        return (Provider(provider.name, FROM_LAKE.columns, _predicted),)
    if not any(column.name == _GROUP for column in provider.columns):
        return (provider,)
    scores = tuple(column for column in provider.columns if column.name != _GROUP)
    groups = tuple(column for column in provider.columns if column.name == _GROUP)
    kept = Provider("rfm_groups", groups, lambda analysis: LISTING.select("customer", _GROUP))
    return (Provider(provider.name, scores, provider.build), kept)


def _predicted(analysis: Analysis) -> ir.Table:
    table = PREDICTIONS.ibis
    return table.select(
        "customer", **{name: table[name].cast(column.ibis) for name, column in _OF_RUNS.items()}
    )


_OF_RUNS = {column.name: column for column in FROM_LAKE.columns}
PREDICTED = frozenset(_OF_RUNS) | {
    personas.PERSONA.name
}  # what runs say: new with each of them, on the same facts
COLUMNS = Registry(tuple(part for provider in STANDARD.providers for part in _kept_groups(provider)))


@dataclass(frozen=True)
class Effective:
    """A rule for the engine, with the registry that it needs; an empty rule asks for everyone. `without`: who objected."""

    rule: str
    registry: Registry
    without: tuple[int, ...] = ()


def _nobody(analysis: Analysis) -> ir.Table:
    raise LookupError("this registry is for words; ask with registry()")


# What may be written: for checking, wording and suggesting, which ask nothing.
KNOWN = (
    COLUMNS.with_provider(Provider("profiling", (PROFILED,), _nobody))
    .with_provider(Provider("personas", (personas.PERSONA,), _nobody))
    .with_provider(Provider("consents", (MARKETING_CONSENT,), _nobody))
)


def registry() -> Registry:
    """The library's columns and those of the platform; reads anew who objected to profiling, and personas' names."""
    return _registry(customers.profiling_table(), personas.read_names()[0])


def _registry(profiling: pa.Table, names: dict[int, str]) -> Registry:
    found = COLUMNS.with_rows("profiling", profiling, (PROFILED,))
    # Consent is read when a rule asks for it: there may be a million rows, and few rules do.
    consents = Provider("consents", (MARKETING_CONSENT,), _consents)
    return found.with_provider(personas.provider(names)).with_provider(consents)


def _consents(analysis: Analysis) -> ir.Table:
    rows = customers.consent_table().rename_columns(["customer", MARKETING_CONSENT.name])
    analysis.engine.put("consents", rows)
    return ibis.table({"customer": "int64", MARKETING_CONSENT.name: "string"}, name="consents")


def effective(rule: str, *, group: str = "", currency: str | None = None) -> Effective:
    """The rule, narrowed to an RFM group where one is named. Raises RuleError that points into `rule` itself.

    Nobody who objected to profiling is found by a rule or a group; a list without either is no profile and holds all.
    A persona is found by every name that it had.
    """
    profiling = customers.profiling_table()
    names, meant = personas.read_names() if personas.PERSONA.name in rule else ({}, {})
    parts = []
    if rule.strip():
        check_rule(rule, registry=KNOWN, currency=currency)
        parts.append(f"({personas.with_names_in_force(rule, meant, KNOWN)})")
    if group:
        parts.append(f"rfm_group = {group}")
    if parts:
        parts.append("profiled")
    return Effective(
        " and ".join(parts), _registry(profiling, names), tuple(profiling["customer"].to_pylist())
    )


def asks_for(rule: str, columns: frozenset[str]) -> bool:
    """Whether a rule has a condition on one of these columns; one that no longer fits has none."""
    try:
        checked = check_rule(rule, registry=KNOWN)
    except RuleError:
        return False
    return any(
        one.subject.filters is None and one.subject.name in columns for one in conditions(checked.node)
    )
