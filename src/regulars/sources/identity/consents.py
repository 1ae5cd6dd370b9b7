"""What customers agreed to, as files state it: yes and no in many words, to one statement a customer and channel.

A file says it in `consent_email`, `consent_sms`, `consent_phone` or `consent_post`, and in `consent_at` when it was said;
an order says it on its own day. Statuses are those of CONVENTIONS 10: granted, denied (asked, and no), revoked (taken back).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import duckdb

from regulars.lake.engines.duck import literal, quoted
from regulars.sources.identity.forgetting import FORGOTTEN
from regulars.sources.reading.values import NO, YES

CHANNELS = ("email", "sms", "phone", "post")
FIELDS = tuple(f"consent_{channel}" for channel in CHANNELS)
CONSENT_AT = "consent_at"
# From the weakest to the strictest: of two that were said on one day, the stricter counts.
STATUSES = ("granted", "denied", "revoked")

# As they are compared: small letters, spaces in place of '_' and '-'. What is in no list states nothing: pending, never
# subscribed, unknown, or a word that nobody here knows. Nobody may be written to because of a word that was not understood.
_GRANTED = (
    *YES, "granted", "grant", "given", "subscribed", "subscribe", "opted in", "opt in", "optin", "single opt in",
    "double opt in", "confirmed opt in", "confirmed", "accepted", "accepts", "accept", "agreed", "allowed", "consented",
    "consent", "zugestimmt", "erteilt", "eingewilligt", "angemeldet", "abonniert", "samtykket", "samtykke", "påmeldt",
    "godtatt", "acordat", "de acord", "abonat", "acceptat",
)  # fmt: skip
_DENIED = (
    *NO, "denied", "deny", "refused", "declined", "rejected", "not granted", "abgelehnt", "nicht erteilt", "avslått",
    "ikke samtykket", "refuzat",
)  # fmt: skip
_REVOKED = (
    "revoked", "revoke", "unsubscribed", "unsubscribe", "opted out", "opt out", "optout", "withdrawn", "suppressed",
    "complained", "spam", "do not contact", "dnc", "widerrufen", "abgemeldet", "avmeldt", "trukket", "trukket tilbake",
    "dezabonat", "retras", "revocat",
)  # fmt: skip


class Claiming(Protocol):
    """A staged table that may state consent, in `consents` (of FIELDS), made at the first of `moments` that is given."""

    @property
    def table(self) -> str: ...
    @property
    def consents(self) -> tuple[str, ...]: ...
    @property
    def moments(self) -> tuple[str, ...]: ...


def status_sql(word: str) -> str:
    """SQL for one of STATUSES, of a text in the words of a file; null where it states nothing."""
    plain = f"lower(trim(replace(replace({word}, '_', ' '), '-', ' ')))"
    words = dict(zip(STATUSES, (_GRANTED, _DENIED, _REVOKED), strict=True))
    branches = " ".join(
        f"WHEN {plain} IN ({', '.join(map(literal, known))}) THEN {literal(status)}"
        for status, known in words.items()
    )
    return f"CASE {branches} END"


def agreed(con: duckdb.DuckDBPyConnection, claims: Sequence[tuple[Claiming, str]], into: str) -> bool:
    """Make the table `into` of what the rows of `claims` (each with the join that finds its `who`, of `s`) state.

    (customer, channel, status, moment, source, undated, undated_source): the newest statement that has a date, and the
    strictest that has none; null where there is no such. `moment` is UTC. False, and no table, where nothing can be stated.
    What erased persons said before they were erased is left out, and what they said without a date.
    """
    parts = [_part(one, join, field) for one, join in claims for field in one.consents]
    if not parts:
        return False
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE who_said AS SELECT *, list_position({list(STATUSES)}, status) AS strict "
        f"FROM ({' UNION ALL '.join(parts)}) WHERE customer > 0 AND status IS NOT NULL"
    )
    if con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [FORGOTTEN]).fetchall():
        con.execute(
            f"DELETE FROM who_said USING {FORGOTTEN} f WHERE f.customer = who_said.customer AND coalesce(moment <= until, true)"
        )
    order = "(moment::DATE, strict, moment)"
    dated, undated = "FILTER (moment IS NOT NULL)", "FILTER (moment IS NULL)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT customer, channel, arg_max(status, {order}) {dated} AS status, "
        f"arg_max(moment, {order}) {dated} AS moment, arg_max(source, {order}) {dated} AS source, "
        f"arg_max(status, strict) {undated} AS undated, arg_max(source, strict) {undated} AS undated_source "
        "FROM who_said GROUP BY customer, channel"
    )
    con.execute("DROP TABLE who_said")
    return True


def _part(one: Claiming, join: str, field: str) -> str:
    moments = ", ".join(f"TRY_CAST(s.{quoted(name)} AS TIMESTAMP)" for name in one.moments)
    # '0000-00-00' and the epoch stand in files where there is no date.
    at = (
        f"CASE WHEN coalesce({moments}) >= '1990-01-01' THEN coalesce({moments}) END"
        if moments
        else "NULL::TIMESTAMP"
    )
    channel = field.removeprefix("consent_")
    return (
        f"SELECT who.customer AS customer, {literal(channel)} AS channel, {status_sql(f's.{field}')} AS status, "
        f"{at} AS moment, s.source AS source FROM {quoted(one.table)} s {join} WHERE s.{field} IS NOT NULL"
    )
