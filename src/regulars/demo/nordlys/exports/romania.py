"""Romania: a shop system of its own. Semicolons, decimal commas, day first; one row a line; returns in a file of theirs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from regulars.demo.nordlys.exports import files
from regulars.demo.nordlys.plan import Plan

_lei = partial(files.money, decimal=",")


def write(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Orders and returns."""
    return (
        files.csv(plan, folder / "ro_comenzi.csv", _ORDERS, delimiter=";"),
        files.csv(plan, folder / "ro_retururi.csv", _RETURNS, delimiter=";"),
    )


_ORDERS = f"""
SELECT o.number AS "Numar comanda", strftime(local_at, '%d.%m.%Y %H:%M') AS "Data comenzii",
  CASE WHEN signed_in THEN 'C' || person END AS "Cod client", shown_email AS "Email", shown_phone AS "Telefon",
  'RO' AS "Tara", CASE channel WHEN 'social' THEN 'facebook' WHEN 'phone' THEN 'telefon' ELSE 'site' END AS "Canal",
  CASE method WHEN 'card' THEN 'card' ELSE 'ramburs' END AS "Metoda plata",
  CASE WHEN cancelled THEN 'anulat' WHEN money = 'failed' THEN 'esuat' WHEN money = 'pending' THEN 'in asteptare'
       ELSE 'platit' END AS "Status plata",
  CASE WHEN cancelled THEN 'anulata' ELSE CASE fulfilment WHEN 'delivered' THEN 'livrata' WHEN 'refused' THEN 'refuzata'
       WHEN 'shipped' THEN 'expediata' ELSE 'in lucru' END END AS "Status comanda",
  l.sku AS "Cod produs", l.category AS "Categorie", l.quantity AS "Cantitate", {_lei("l.price")} AS "Pret",
  {_lei("l.charged")} AS "Valoare", {_lei("l.discount")} AS "Reducere", {_lei("l.tax")} AS "TVA produs",
  {_lei("o.shipping_charged")} AS "Transport", {_lei("o.discount")} AS "Reducere totala", {_lei("o.tax")} AS "TVA total",
  {_lei("o.total")} AS "Total"
FROM orders o JOIN lines l ON l.order_row = o.row_id
WHERE o.store = 'ro'
ORDER BY o.place_in_store, l.line
"""

_RETURNS = f"""
SELECT 'R' || place_in_store AS "Retur", number AS "Numar comanda", strftime(back_day, '%d.%m.%Y') AS "Data",
  {_lei("back_total")} AS "Suma", {_lei("back_goods")} AS "Valoare fara TVA"
FROM orders WHERE store = 'ro' AND back IS NOT NULL ORDER BY back_day, place_in_store
"""
