"""What the service desk exports for each store: parcels, and surveys with their invitations."""

from __future__ import annotations

from pathlib import Path

from regulars.demo.nordlys.exports.files import csv
from regulars.demo.nordlys.plan import Plan


def write(plan: Plan, folder: Path, store: str) -> tuple[Path, ...]:
    """Parcels and surveys of one store."""
    return (
        csv(plan, folder / f"{store}_parcels.csv", _PARCELS.format(store=store)),
        csv(plan, folder / f"{store}_surveys.csv", _SURVEYS.format(store=store)),
    )


_PARCELS = """
SELECT 'P' || store || place_in_store AS parcel, number AS "order", country,
  CASE store WHEN 'no' THEN 'Posten' WHEN 'de' THEN 'DHL' WHEN 'ro' THEN 'Curier' ELSE 'Correios' END AS carrier,
  sent_day AS sent, promised_day AS promised, CASE WHEN fulfilment = 'delivered' THEN arrival_day END AS delivered,
  fulfilment AS state, CASE WHEN signed_in THEN CASE store WHEN 'de' THEN '' || (1000 + person) WHEN 'ro' THEN 'C' || person
                            WHEN 'br' THEN 'BR-' || person END END AS customer, shown_email AS email, shown_phone AS phone
FROM orders WHERE store = '{store}' AND fulfilment <> 'open' AND NOT house AND NOT test ORDER BY place_in_store
"""

# Every third delivered order is asked how likely a recommendation is, every third how satisfied they are. Late parcels
# score lower; how many answer depends on the language. The arithmetic on row numbers stands in for chance.
_SURVEYS = """
WITH asked AS (
  SELECT *, CASE row_id % 3 WHEN 0 THEN 'nps' ELSE 'csat' END AS survey,
    ((row_id * 7919) % 1000) / 1000.0 < CASE language WHEN 'nb' THEN 0.30 WHEN 'de' THEN 0.24 WHEN 'ro' THEN 0.16 ELSE 0.20 END
      AS answered,
    arrival_day + 2 AS asked_day
  FROM orders
  WHERE store = '{store}' AND fulfilment = 'delivered' AND row_id % 3 < 2 AND who LIKE 'person%' AND kind <> 'relay'
    AND shown_email IS NOT NULL AND asked_day < DATE '2026-09-29'
), rows AS (
  SELECT 'I' || row_id AS id, 'invitation' AS kind, asked_day AS day, NULL AS score, * EXCLUDE (kind) FROM asked
  UNION ALL BY NAME
  SELECT 'A' || row_id AS id, survey AS kind, asked_day + 1 AS day,
    CASE survey WHEN 'nps' THEN CASE WHEN late THEN (row_id * 31) % 8 ELSE 6 + (row_id * 17) % 5 END
                ELSE CASE WHEN late THEN 1 + (row_id * 31) % 3 ELSE 3 + (row_id * 17) % 3 END END AS score, * EXCLUDE (kind)
  FROM asked WHERE answered
)
SELECT id, kind, CASE survey WHEN 'nps' THEN 'recommendation' ELSE 'satisfaction' END AS survey,
  strftime(day, '%Y-%m-%d 12:00:00') AS answered_at, country, language, 'email' AS channel, number AS "order",
  shown_email AS email, score
FROM rows ORDER BY day, id
"""
