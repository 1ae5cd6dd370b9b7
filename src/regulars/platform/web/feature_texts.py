"""The features that predictions are made from in English, listed for translation; a test holds that none is missing."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

FEATURES: tuple[str, ...] = (
    _("days since the first order"), _("days since the last order"), _("days with an order"), _("orders"),
    _("median days between order days"), _("standard deviation of the days between order days"),
    _("longest time between order days"), _("days since the order day before the last"),
    _("order days in the last 30 days"), _("order days in the last 91 days"), _("order days in the last 182 days"),
    _("order days in the last 365 days"), _("order days, each worth half after 30 days"),
    _("order days, each worth half after 91 days"), _("order days, each worth half after 365 days"),
    _("order days a year before the days asked about"), _("revenue of the last 30 days"),
    _("revenue of the last 91 days"), _("revenue of the last 182 days"), _("revenue of the last 365 days"),
    _("revenue"), _("revenue of the first order"), _("share of orders with a discount"),
    _("different products bought"), _("different categories bought"), _("items bought"), _("lines bought"),
    _("refunds"), _("refunds in the last 91 days"), _("money given back"), _("failed payments in the last 91 days"),
    _("days since the last visit"), _("events in the last 7 days"), _("events in the last 30 days"),
    _("events in the last 91 days"), _("events in the last 365 days"),
    _("baskets looked at or filled in the last 30 days"), _("time on the site in the last 91 days"),
    _("tickets in the last 91 days"), _("complaints in the last 365 days"), _("tickets without a solution"),
    _("complaints without a solution"), _("mean time to the first answer"), _("mean sentiment of tickets"),
    _("mean score given, 0 to 1"), _("lowest score given, 0 to 1"), _("scores given"),
    _("messages sent in the last 91 days"), _("messages opened in the last 91 days"),
    _("messages clicked in the last 91 days"), _("times unsubscribed"),
    _("days since a message was opened or clicked"), _("days since the first subscription"),
    _("days since the oldest running subscription began"), _("days since a subscription began or changed"),
    _("running subscriptions"), _("subscriptions that ended"), _("changes of plan"),
    _("days since a subscription ended"), _("amount a month"), _("months between payments"), _("came by referral"),
    _("cost of winning the customer"), _("mean days between order days"), _("last time between order days"),
    _("days since the last order against the median gap"), _("days since the last order against the mean gap"),
    _("log of order days in the last 91 days over those in the 91 before"), _("order days a day since the first"),
    _("revenue an order"), _("items an order"), _("different products a line"), _("share of revenue given back"),
)  # fmt: skip
