"""The addresses of all pages, gathered from their modules."""

from __future__ import annotations

from regulars.platform.web.pages import (
    account,
    alerts,
    audit,
    customer,
    customer_consent,
    customers,
    data,
    figures,
    first,
    goals,
    groups,
    handovers,
    health,
    jobs,
    markets,
    money,
    overview,
    person,
    personas,
    predictions,
    products,
    products_basket,
    products_limits,
    reports,
    retention,
    search,
    segments,
    settings,
    sign_in,
    today,
    users,
)

urlpatterns = [
    pattern
    for module in (
        first, sign_in, account, search, jobs, health, today, overview, money, retention, customers, customer, customer_consent, person, groups, segments, personas, products, products_basket, products_limits, markets,
        figures, predictions, goals, alerts, reports, handovers, data, settings, users, audit,
    )
    for pattern in module.urls
]  # fmt: skip
