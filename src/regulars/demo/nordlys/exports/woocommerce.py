"""Germany and Austria: orders as WooCommerce's REST interface gives them, one JSON object a line; prices include tax."""

from __future__ import annotations

from pathlib import Path

from regulars.demo.nordlys.exports.files import json_lines, money
from regulars.demo.nordlys.plan import Plan


def write(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """One file a year of orders."""
    return tuple(
        json_lines(plan, folder / f"de_orders_{year}.jsonl", _ROWS.format(year=year))
        for year in (2024, 2025, 2026)
    )


_STATUS = """CASE WHEN cancelled THEN 'cancelled' WHEN money = 'failed' THEN 'failed' WHEN money = 'pending' THEN 'pending'
  WHEN money = 'open' THEN 'on-hold' WHEN back = 'all' THEN 'refunded' WHEN fulfilment = 'delivered' THEN 'completed'
  ELSE 'processing' END"""
_METHOD = "CASE method WHEN 'card' THEN 'stripe' WHEN 'wallet' THEN 'paypal' WHEN 'invoice' THEN 'invoice' ELSE 'bacs' END"
_TITLE = """CASE method WHEN 'card' THEN 'Kreditkarte' WHEN 'wallet' THEN 'PayPal' WHEN 'invoice' THEN 'Kauf auf Rechnung'
  ELSE 'Überweisung' END"""
# The undiscounted line and the tax in it; the line's own tax is what is charged.
_LISTED_TAX = "((2 * listed * tax_rate + 100 + tax_rate) // (2 * (100 + tax_rate)))"
_INSTANT = "%Y-%m-%dT%H:%M:%S"

_ROWS = f"""
WITH items AS (
  SELECT order_row, list(struct_pack(
      id := line_id, name := name, sku := sku, quantity := quantity, tax_class := CASE WHEN category = 'tea' THEN 'reduced-rate' ELSE '' END,
      subtotal := {money(f"listed - {_LISTED_TAX}")}, subtotal_tax := {money(_LISTED_TAX)},
      total := {money("net")}, total_tax := {money("tax")},
      price := price / 100.0) ORDER BY line) AS line_items,
    sum(listed - {_LISTED_TAX}) - sum(net) AS discount_net, sum({_LISTED_TAX}) - sum(tax) AS discount_tax
  FROM lines GROUP BY order_row
)
SELECT 90000 + row_id AS id, number, {_STATUS} AS status, currency, CASE channel WHEN 'web' THEN 'checkout' ELSE channel END AS created_via, true AS prices_include_tax,
  strftime(local_at, '{_INSTANT}') AS date_created, strftime(utc, '{_INSTANT}') AS date_created_gmt,
  CASE WHEN money = 'paid' THEN strftime(utc, '{_INSTANT}') END AS date_paid_gmt,
  {money("discount_net")} AS discount_total, {money("discount_tax")} AS discount_tax,
  {money("shipping")} AS shipping_total, {money("shipping_tax")} AS shipping_tax, {money("goods_tax")} AS cart_tax,
  {money("tax")} AS total_tax, {money("total")} AS total,
  CASE WHEN signed_in THEN 1000 + person ELSE 0 END AS customer_id,
  struct_pack(first_name := split_part(name, ' ', 1), last_name := split_part(name, ' ', 2), country := country,
              email := coalesce(shown_email, ''), phone := '') AS billing,
  struct_pack(country := country) AS shipping, {_METHOD} AS payment_method, {_TITLE} AS payment_method_title, line_items,
  CASE WHEN per_cent > 0 THEN [struct_pack(code := 'licht' || per_cent, discount := {money("discount_net")})] ELSE [] END
    AS coupon_lines,
  CASE WHEN back IS NOT NULL THEN [struct_pack(id := 500000 + row_id, reason := 'Rückgabe', total := '-' || {money("back_total")})]
       ELSE [] END AS refunds,
  [struct_pack(key := '_wc_order_attribution_source_type', value := CASE channel WHEN 'web' THEN 'typein' ELSE channel END)]
    AS meta_data
FROM orders JOIN items ON order_row = row_id
WHERE store = 'de' AND year(local_day) = {{year}}
ORDER BY place_in_store
"""
