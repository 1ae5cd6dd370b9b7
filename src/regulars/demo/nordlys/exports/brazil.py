"""Brazil: prices without tax; boleto, Pix, card; one file of orders (with refunds and their dates), one of items."""

from __future__ import annotations

from pathlib import Path

from regulars.demo.nordlys.exports.files import csv, money
from regulars.demo.nordlys.plan import Plan


def write(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Orders and items."""
    return csv(plan, folder / "br_pedidos.csv", _ORDERS), csv(plan, folder / "br_itens.csv", _ITEMS)


_ORDERS = f"""
SELECT number AS pedido, 300000 + row_id AS id_interno, strftime(local_at, '%d/%m/%Y %H:%M:%S') AS criado_em,
  CASE WHEN signed_in THEN 'BR-' || person END AS cliente, shown_email AS email, 'BR' AS pais,
  CASE channel WHEN 'social' THEN 'whatsapp' ELSE 'site' END AS canal,
  {money("charged")} AS produtos, {money("discount")} AS desconto, {money("shipping_charged")} AS frete,
  {money("tax")} AS imposto, {money("total")} AS total, method AS pagamento,
  CASE money WHEN 'expired' THEN 'vencido' WHEN 'pending' THEN 'pendente' WHEN 'failed' THEN 'recusado' ELSE 'pago' END
    AS situacao,
  CASE fulfilment WHEN 'delivered' THEN 'entregue' WHEN 'shipped' THEN 'enviado' ELSE 'aberto' END AS envio,
  {money("back_total")} AS valor_estornado, strftime(back_day, '%d/%m/%Y') AS estornado_em
FROM orders WHERE store = 'br' ORDER BY place_in_store
"""

_ITEMS = f"""
SELECT o.number AS pedido, l.line AS item, strftime(o.local_at, '%d/%m/%Y %H:%M:%S') AS criado_em,
  CASE WHEN signed_in THEN 'BR-' || person END AS cliente, shown_email AS email, 'BR' AS pais,
  l.sku AS codigo, l.category AS categoria, l.quantity AS quantidade, {money("l.price")} AS preco,
  {money("l.charged")} AS valor, {money("l.discount")} AS desconto, {money("l.tax")} AS imposto
FROM orders o JOIN lines l ON l.order_row = o.row_id WHERE o.store = 'br' ORDER BY o.place_in_store, l.line
"""
