"""The plan: every order, line, refund and parcel of the made-up company as it truly was, before any export is written.

Amounts are whole minor units (cents, øre), so that nothing depends on rounding. The exports and the truth both come from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from regulars.demo.nordlys import history, people
from regulars.demo.nordlys.stores import BEGAN, FIRST_DAY, LAST_DAY, RO_TAX_ROSE, countries, products, stores

SEED = 20_260_930


@dataclass(frozen=True)
class Plan:
    """A DuckDB database with the tables `people`, `orders` and `lines` (columns: see the statements in plan.py)."""

    con: duckdb.DuckDBPyConnection


def plan(seed: int = SEED) -> Plan:
    """Draw everything from one seed; the same seed gives the same rows."""
    rng = np.random.default_rng(seed)
    everyone = people.draw(rng)
    drawn = history.draw(rng, everyone)
    con = duckdb.connect()
    tables = {
        "people": people.table(everyone),
        "drawn_orders": drawn,
        "drawn_lines": history.draw_lines(rng, drawn.num_rows),
        "stores": stores(),
        "countries": countries(),
        "products": products(),
    }
    for name, rows in tables.items():
        con.register("_rows", rows)
        con.execute(f"CREATE TABLE {name} AS SELECT row_number() OVER () - 1 AS row_id, * FROM _rows")
        con.unregister("_rows")
    days = {"began": BEGAN, "first": FIRST_DAY, "last": LAST_DAY, "rose": RO_TAX_ROSE}
    for statement in (_PLACED, _LINES, _ORDERS):
        con.execute(statement.format(**days))
    return Plan(con)


# Who showed themselves how, how they paid, and what became of it.
_PLACED = """
CREATE TABLE placed AS
WITH dated AS (
  SELECT o.*, c.country, c.store, c.standard, c.reduced, p.kind, p.name, p.email, p.phone, p.language,
         DATE '{began}' + o.day::INTEGER AS local_day,
         o.person = -1 AS house,
         c.store = 'no' AND o.person >= 0 AND o.row_id % 300 = 7 AS test
  FROM drawn_orders o JOIN countries c USING (place) LEFT JOIN people p USING (person)
  WHERE local_day >= DATE '{first}'
), paid AS (
  SELECT *, (DATE '{last}' - local_day)::INTEGER AS age,
    CASE store
      WHEN 'no' THEN CASE WHEN house OR u_pay < 0.6 THEN 'card' ELSE 'wallet' END
      WHEN 'de' THEN CASE WHEN u_pay < 0.30 THEN 'card' WHEN u_pay < 0.60 THEN 'wallet'
                          WHEN u_pay < 0.95 THEN 'invoice' ELSE 'bank_transfer' END
      WHEN 'ro' THEN CASE WHEN u_pay < 0.65 THEN 'cash_on_delivery' ELSE 'card' END
      ELSE CASE WHEN u_pay < 0.4 THEN 'boleto' WHEN u_pay < 0.7 THEN 'pix' ELSE 'card' END
    END AS method,
    NOT house AND store IN ('no', 'ro') AND u_show < 0.015 AS nobody,
    u_state < 0.012 AND NOT house AND store <> 'br' AS cancelled,
    -- Days from the order to the refund; it is not known yet where that lies beyond the last day.
    4 + floor(20 * u_refund)::INTEGER AS refund_after,
    DATE '{last}' - local_day >= refund_after AND NOT house AS refundable,
    CASE WHEN NOT house AND store <> 'br' OR u_pay >= 0.4 THEN u_state BETWEEN 0.03 AND 0.042 END AS all_back,
    CASE WHEN NOT house AND store <> 'br' OR u_pay >= 0.4 THEN u_state BETWEEN 0.042 AND 0.065 END AS some_back
  FROM dated
), settled AS (
  SELECT *,
    local_day + 1 AS sent_day, local_day + 5 AS promised_day,
    CASE WHEN late THEN local_day + 7 + floor(6 * u_answer)::INTEGER
         ELSE local_day + 3 + floor(2.9 * u_answer)::INTEGER END AS arrival_day,
    CASE
      WHEN cancelled THEN 'voided'
      WHEN method = 'cash_on_delivery' THEN 'pending'
      WHEN method = 'boleto' THEN CASE WHEN age < 4 AND u_age < 0.5 THEN 'pending'
                                       WHEN age >= 4 AND u_age < 0.14 THEN 'expired' ELSE 'paid' END
      WHEN method = 'invoice' THEN CASE WHEN age < 35 AND u_age < 0.6 OR u_age < 0.03 THEN 'open' ELSE 'paid' END
      WHEN house THEN 'paid'
      WHEN u_state BETWEEN 0.012 AND 0.020 THEN 'failed'
      WHEN u_state BETWEEN 0.020 AND 0.026 THEN 'pending'
      ELSE 'paid'
    END AS money,
    method = 'cash_on_delivery' AND NOT cancelled AND u_age < 0.05 + 0.08 * late::INTEGER AS refused
  FROM paid
)
SELECT *,
  CASE WHEN cancelled OR money IN ('failed', 'expired') THEN 'open'
       WHEN money = 'pending' AND method <> 'cash_on_delivery' THEN 'open'
       WHEN house THEN 'delivered'
       WHEN sent_day > DATE '{last}' THEN 'open'
       WHEN arrival_day > DATE '{last}' THEN 'shipped'
       WHEN refused THEN 'refused'
       ELSE 'delivered' END AS fulfilment,
  CASE WHEN refundable AND money = 'paid' OR refundable AND method = 'cash_on_delivery' AND NOT refused AND NOT cancelled
       THEN CASE WHEN all_back THEN 'all' WHEN some_back THEN 'some' END END AS back,
  CASE WHEN house OR nobody THEN CASE store WHEN 'no' THEN 'store' ELSE 'phone' END
       WHEN kind = 'relay' THEN 'marketplace'
       WHEN u_answer < 0.3 THEN 'social' ELSE 'web' END AS channel,
  -- Who they are to someone who knows everything; null where nothing was shown.
  CASE WHEN test THEN 'test' WHEN house THEN 'house' WHEN nobody THEN NULL
       WHEN kind = 'shared' THEN 'shared' ELSE 'person ' || person END AS who,
  NOT nobody AND NOT test AND NOT house AND kind = 'account' AS signed_in
FROM settled
"""

# An order with code FREE costs nothing. Tax is rounded half up a line.
_LINES = """
CREATE TABLE lines AS
WITH priced AS (
  SELECT l.row_id AS line_id, o.row_id AS order_row, l.line, l.quantity, p.sku, p.name, p.category, p.price,
         s.tax_included,
         CASE WHEN o.store = 'no' AND o.row_id % 331 = 11 THEN 100 ELSE o.discount END AS per_cent,
         CASE WHEN l.tea THEN o.reduced ELSE o.standard END
           - CASE WHEN o.store = 'ro' AND o.local_day < DATE '{rose}' THEN 2 ELSE 0 END AS tax_rate
  FROM drawn_lines l
  JOIN placed o ON o.row_id = l."order"
  JOIN stores s ON s.code = o.store
  JOIN products p ON p.store = o.store AND p.product = CASE WHEN l.tea THEN l.tea_pick ELSE l.pick END
)
SELECT *, price * quantity AS listed,
  (price * quantity * per_cent + 50) // 100 AS discount,
  listed - discount AS charged,
  CASE WHEN tax_included THEN (2 * charged * tax_rate + 100 + tax_rate) // (2 * (100 + tax_rate))
       ELSE (2 * charged * tax_rate + 100) // 200 END AS tax,
  CASE WHEN tax_included THEN charged - tax ELSE charged END AS net
FROM priced
"""

_ORDERS = """
CREATE TABLE orders AS
WITH summed AS (
  SELECT order_row, sum(listed)::BIGINT AS listed, sum(discount)::BIGINT AS discount, sum(charged)::BIGINT AS charged,
         sum(tax)::BIGINT AS goods_tax, sum(net)::BIGINT AS goods, any_value(tax_rate) AS tax_rate,
         sum(quantity)::BIGINT AS units, any_value(per_cent) AS per_cent,
         sum(net) FILTER (line = 1)::BIGINT AS first_net, sum(tax) FILTER (line = 1)::BIGINT AS first_tax
  FROM lines GROUP BY order_row
), shipped AS (
  SELECT o.* EXCLUDE (discount), t.* EXCLUDE (order_row), s.currency, s.zone, s.tax_included,
         CASE WHEN o.house OR t.charged = 0 OR t.charged >= s.free_from THEN 0 ELSE s.shipping END AS shipping_charged
  FROM placed o JOIN summed t ON t.order_row = o.row_id JOIN stores s ON s.code = o.store
), taxed AS (
  SELECT *,
    CASE WHEN tax_included THEN (2 * shipping_charged * tax_rate + 100 + tax_rate) // (2 * (100 + tax_rate)) ELSE 0 END
      AS shipping_tax,
    row_number() OVER (PARTITION BY store ORDER BY local_day, second, row_id) AS place_in_store
  FROM shipped
)
SELECT * EXCLUDE (day, second, place, u_pay, u_state, u_show, u_refund, standard, reduced),
  local_day + to_seconds(second) AS local_at,
  timezone('UTC', timezone(zone, local_day + to_seconds(second))) AS utc,
  CASE store WHEN 'no' THEN '#' || (10000 + place_in_store)
             WHEN 'de' THEN '' || (20000 + place_in_store)
             WHEN 'ro' THEN 'RO-' || lpad('' || place_in_store, 6, '0')
             ELSE 'BR' || (500000 + place_in_store) END AS number,
  shipping_charged - shipping_tax AS shipping,
  goods_tax + shipping_tax AS tax,
  goods + goods_tax + shipping_charged AS total,
  CASE back WHEN 'all' THEN goods + goods_tax + shipping_charged WHEN 'some' THEN first_net + first_tax END AS back_total,
  CASE back WHEN 'all' THEN goods WHEN 'some' THEN first_net END AS back_goods,
  CASE WHEN back IS NOT NULL THEN local_day + refund_after END AS back_day,
  CASE WHEN test THEN 'qa@nordlys.example' WHEN house THEN 'counter.oslo@nordlys.example' WHEN nobody OR kind = 'phone' THEN NULL
       WHEN u_show > 0.85 THEN upper(email[1]) || email[2:] WHEN u_show > 0.80 THEN upper(email)
       ELSE email END AS shown_email,
  CASE WHEN NOT nobody AND kind = 'phone' AND NOT test
       THEN CASE WHEN u_show > 0.5 THEN '+40' || phone[2:] ELSE phone[:4] || ' ' || phone[5:7] || ' ' || phone[8:] END
  END AS shown_phone
FROM taxed
"""
