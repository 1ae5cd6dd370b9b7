"""The fact tables, each declared once. Docs and import checks are generated from these declarations."""

from regulars.lake.tables.declare import Column, Table
from regulars.lake.tables.facts import (
    ALIASES,
    COSTS,
    CUSTOMERS,
    EVENTS,
    FEEDBACK,
    FX_RATES,
    MESSAGES,
    ORDER_LINES,
    ORDERS,
    PAYMENTS,
    POINTS,
    PRODUCTS,
    SCORES,
    SHIPMENTS,
    SUBSCRIPTIONS,
    TABLES,
    TICKETS,
)

__all__ = [
    "ALIASES", "COSTS", "CUSTOMERS", "EVENTS", "FEEDBACK", "FX_RATES", "MESSAGES", "ORDERS", "ORDER_LINES",
    "PAYMENTS", "POINTS", "PRODUCTS", "SCORES", "SHIPMENTS", "SUBSCRIPTIONS", "TABLES", "TICKETS",
    "Column", "Table",
]  # fmt: skip
