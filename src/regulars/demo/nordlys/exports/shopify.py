"""Norway: the orders export of Shopify, one row a line, order cells on the first. A month's export is repeated by its quarter's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from regulars.demo.nordlys.exports.files import csv, money
from regulars.demo.nordlys.plan import Plan

# (file, first day, last day, day of the export): what was refunded later is not in it.
FILES = (
    ("no_orders_until_2026-06.csv", date(2024, 4, 1), date(2026, 6, 30), date(2026, 9, 30)),
    ("no_orders_2026-07.csv", date(2026, 7, 1), date(2026, 7, 31), date(2026, 7, 31)),
    ("no_orders_2026-q3.csv", date(2026, 7, 1), date(2026, 9, 30), date(2026, 9, 30)),
)


def write(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """The three files, oldest first."""
    return tuple(
        csv(plan, folder / name, _ROWS.format(first=first, last=last, exported=exported))
        for name, first, last, exported in FILES
    )


def _first(expression: str) -> str:
    """The expression on the first row of an order, else nothing."""
    return f"CASE WHEN l.line = 1 THEN {expression} END"


_STATUS = """CASE WHEN cancelled OR money = 'failed' THEN 'voided' WHEN money = 'pending' THEN 'pending'
  WHEN back = 'all' AND back_day <= DATE '{exported}' THEN 'refunded'
  WHEN back = 'some' AND back_day <= DATE '{exported}' THEN 'partially_refunded' ELSE 'paid' END"""
_METHOD = """CASE WHEN test THEN 'bogus' WHEN house THEN 'cash' WHEN method = 'wallet' THEN 'Vipps' ELSE 'Shopify Payments' END"""
_SENT = "fulfilment IN ('shipped', 'delivered')"
_OFFSET = "' +0' || date_diff('hour', utc, local_at) || '00'"
_COUNTRY = "CASE WHEN NOT house AND NOT nobody THEN country END"
_GIVEN_BACK = money("CASE WHEN back_day <= DATE '{exported}' THEN back_total ELSE 0 END")

_ROWS = f"""
SELECT o.number AS "Name", shown_email AS "Email", {_first(_STATUS)} AS "Financial Status",
  {_first("CASE WHEN money = 'paid' THEN strftime(local_at, '%Y-%m-%d %H:%M:%S') || " + _OFFSET + " END")} AS "Paid at",
  {_first(f"CASE WHEN {_SENT} THEN 'fulfilled' ELSE 'unfulfilled' END")} AS "Fulfillment Status",
  {_first(f"CASE WHEN {_SENT} THEN strftime(sent_day, '%Y-%m-%d 09:00:00') || {_OFFSET} END")} AS "Fulfilled at",
  {_first("CASE WHEN o.row_id % 3 = 0 THEN 'yes' ELSE 'no' END")} AS "Accepts Marketing",
  {_first("currency")} AS "Currency", {_first(money("o.charged"))} AS "Subtotal",
  {_first(money("shipping_charged"))} AS "Shipping", {_first(money("o.tax"))} AS "Taxes", {_first(money("total"))} AS "Total",
  {_first("CASE l.per_cent WHEN 0 THEN NULL WHEN 100 THEN 'FREE' ELSE 'LYS' || l.per_cent END")} AS "Discount Code",
  {_first(money("o.discount"))} AS "Discount Amount",
  {_first("CASE WHEN NOT house THEN 'Posten' END")} AS "Shipping Method",
  strftime(local_at, '%Y-%m-%d %H:%M:%S') || {_OFFSET} AS "Created at",
  l.quantity AS "Lineitem quantity", l.name AS "Lineitem name", {money("l.price")} AS "Lineitem price",
  NULL AS "Lineitem compare at price", l.sku AS "Lineitem sku", 'true' AS "Lineitem requires shipping",
  'true' AS "Lineitem taxable", CASE WHEN {_SENT} THEN 'fulfilled' ELSE 'pending' END AS "Lineitem fulfillment status",
  {_first("o.name")} AS "Billing Name", {_first("CASE WHEN NOT nobody THEN country END")} AS "Billing Country",
  {_first("o.name")} AS "Shipping Name", {_first(_COUNTRY)} AS "Shipping Country",
  {_first("CASE WHEN cancelled THEN strftime(local_at + INTERVAL 2 HOUR, '%Y-%m-%d %H:%M:%S') || " + _OFFSET + " END")}
    AS "Cancelled at",
  {_first(_METHOD)} AS "Payment Method", {_first(_GIVEN_BACK)} AS "Refunded Amount", 'Nordlys' AS "Vendor",
  {_first("7000000000 + o.row_id")} AS "Id", {_first("CASE WHEN test THEN 'test' END")} AS "Tags",
  {_first("CASE channel WHEN 'store' THEN 'pos' WHEN 'social' THEN 'instagram' ELSE 'web' END")} AS "Source",
  {money("0")} AS "Lineitem discount",
  {_first("CASE WHEN o.tax > 0 THEN 'MVA ' || o.tax_rate || '%' END")} AS "Tax 1 Name", {_first(money("o.tax"))} AS "Tax 1 Value"
FROM orders o JOIN lines l ON l.order_row = o.row_id
WHERE o.store = 'no' AND o.local_day BETWEEN DATE '{{first}}' AND DATE '{{last}}'
ORDER BY o.place_in_store DESC, l.line
"""
