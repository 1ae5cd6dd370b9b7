"""The fact tables. Facts carry a customer number; who that is, only the state database or the resolver knows."""

from __future__ import annotations

from regulars.lake.tables.declare import Column, Table

SOURCE = Column("source", "text", "name of the shop or system that the row came from", required=True)
CUSTOMER = Column("customer", "whole", "customer number; null where nobody was identified")
AT = Column("at", "instant", "when it happened, UTC", required=True)
LOCAL_DAY = Column("local_day", "day", "date of `at` in the market's time zone", required=True)
MARKET = Column("market", "text", "market of the fact: its country, or the group that the country is in")
COUNTRY = Column("country", "text", "ISO 3166-1 alpha-2, shipping else billing")
CURRENCY = Column("currency", "text", "ISO 4217 code of the amounts in this row")
CHANNEL = Column("channel", "text", "where it came from: web, app, store, marketplace, a campaign")
LANGUAGE = Column("language", "text", "BCP 47 tag")

PAYMENT_STATES = (
    "paid", "partially_paid", "partially_refunded", "refunded", "open", "pending", "authorised", "voided", "failed",
)  # fmt: skip
PAYMENT_KINDS = (
    "card", "wallet", "invoice", "cash_on_delivery", "bank_transfer", "direct_debit", "voucher", "gift_card",
    "pay_in_parts", "cash", "crypto", "other",
)  # fmt: skip
FULFILMENT_STATES = ("open", "partly_shipped", "shipped", "delivered", "refused", "returned")

CUSTOMERS = Table(
    "customers",
    "What is known of a customer as such, without naming them.",
    key=("customer",),
    columns=(
        Column("customer", "whole", "customer number", required=True),
        Column(
            "market", "text", "home market where it was stated; else that of the first counted order is used"
        ),
        COUNTRY,
        LANGUAGE,
        CURRENCY,
        Column("first_seen", "day", "first known day, which may lie before the first order"),
        Column("acquisition_channel", "text", "channel that won the customer"),
        Column("acquisition_cost", "money", "what winning this customer cost, in `currency`"),
        Column("referred_by", "whole", "customer number of who referred them"),
        Column("referral_known", "flag", "whether the origin is known at all; unknown stays in the base"),
        Column("birth_month", "whole", "1-12"),
        Column("birth_day", "whole", "1-31; the year is never kept"),
        Column("age_band", "text", "only where given for a purpose"),
        Column("gender", "text", "only where given for a purpose"),
        Column("source", "text", "source that stated these facts last"),
    ),
)

ORDERS = Table(
    "orders",
    "One row an order (one order number of one source). Amounts are as charged, in the order's currency.",
    key=("source", "order_id"),
    columns=(
        SOURCE,
        Column("order_id", "text", "the order number that people see; the key with `source`", required=True),
        Column(
            "external_id", "text", "the shop's internal id; the same number with another id is a conflict"
        ),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        COUNTRY,
        CHANNEL,
        CURRENCY,
        Column("total", "money", "document total as in the file: with tax, shipping and adjustments"),
        Column(
            "goods", "money", "goods less discounts, without tax, shipping and adjustments", required=True
        ),
        Column("discount", "money", "discount given, without tax, as a positive amount"),
        Column("tax", "money", "tax in the total"),
        Column("shipping", "money", "shipping charged, without tax"),
        Column(
            "adjustments",
            "money",
            "fees, corrections, donations, sold gift cards: neither goods nor shipping",
        ),
        Column("cost", "money", "cost of the goods, where known"),
        Column("units", "number", "pieces of goods"),
        Column("tax_included", "flag", "whether the file's prices include tax, as detected or declared"),
        Column("discounted", "flag", "whether a discount or a code was used"),
        Column("cancelled", "flag", "whether the order was cancelled"),
        Column("test", "flag", "whether it is a test order"),
        Column("payment_kind", "text", "canonical kind of payment", one_of=PAYMENT_KINDS),
        Column("payment_method", "text", "payment method as the file names it"),
        Column("payment_state", "text", "canonical payment state", one_of=PAYMENT_STATES),
        Column("fulfilment_state", "text", "canonical fulfilment state", one_of=FULFILMENT_STATES),
    ),
    erase="unlink",
)

ORDER_LINES = Table(
    "order_lines",
    "One row a line of an order or of a refund document.",
    key=("source", "order_id", "line"),
    columns=(
        SOURCE,
        Column("order_id", "text", "order, or for kind `refund` the refund document", required=True),
        Column("line", "whole", "position in the document, from 1", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        CURRENCY,
        Column(
            "kind",
            "text",
            "what the line is",
            one_of=("goods", "shipping", "adjustment", "gift_card", "refund"),
        ),
        Column("product", "text", "the source's product code"),
        Column("category", "text", "product category"),
        Column("quantity", "number", "pieces; positive also for refunds"),
        Column("price", "money", "price a piece as in the file"),
        Column("goods", "money", "amount less discounts, without tax; negative for refunds"),
        Column("discount", "money", "discount on the line, without tax"),
        Column("tax", "money", "tax of the line"),
        Column("cost", "money", "cost of the line's goods, where known"),
    ),
    replaces=("source", "order_id"),
    erase="unlink",
)

PAYMENTS = Table(
    "payments",
    "Money that moved: payments in, refunds out. A refund lowers revenue on its own day.",
    key=("source", "payment_id"),
    columns=(
        SOURCE,
        Column("payment_id", "text", "payment, refund or credit document", required=True),
        Column("order_id", "text", "order it belongs to; null where the document does not say"),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        Column(
            "day_known", "flag", "false where a refund had no date of its own and counts on the order's day"
        ),
        MARKET,
        COUNTRY,
        CURRENCY,
        Column("kind", "text", "what moved", required=True, one_of=("payment", "refund", "chargeback")),
        Column("amount", "money", "amount moved, positive, with tax and shipping"),
        Column("goods", "money", "goods part of a refund, without tax and shipping, positive"),
        Column("tax", "money", "tax part"),
        Column("shipping", "money", "shipping part, without tax"),
        Column("adjustments", "money", "part that is neither goods, tax nor shipping"),
        Column("fee", "money", "what the payment provider kept"),
        Column("payment_kind", "text", "canonical kind of payment", one_of=PAYMENT_KINDS),
        Column("payment_method", "text", "payment method as the file names it"),
        Column("state", "text", "canonical payment state", one_of=PAYMENT_STATES),
        Column("reason", "text", "reason of a failure or refund"),
    ),
    erase="unlink",
)

SHIPMENTS = Table(
    "shipments",
    "Parcels: promised, sent, delivered.",
    key=("source", "shipment_id"),
    columns=(
        SOURCE,
        Column("shipment_id", "text", "parcel or shipment", required=True),
        Column("order_id", "text", "order it belongs to"),
        CUSTOMER,
        Column("at", "instant", "when it was sent, UTC"),
        Column("local_day", "day", "date of `at` in the market's time zone"),
        MARKET,
        Column("promised_day", "day", "delivery day promised"),
        Column("sent_day", "day", "day sent"),
        Column("delivered_day", "day", "day delivered"),
        Column("carrier", "text", "carrier"),
        Column("state", "text", "canonical state", one_of=FULFILMENT_STATES),
        Column("customs", "money", "customs and duties paid by the customer, in `currency`"),
        CURRENCY,
    ),
)

PRODUCTS = Table(
    "products",
    "Products with their category, price and cost.",
    key=("source", "product"),
    columns=(
        SOURCE,
        Column("product", "text", "the source's product code", required=True),
        Column("name", "text", "name"),
        Column("category", "text", "category"),
        Column("brand", "text", "brand"),
        CURRENCY,
        Column("price", "money", "list price"),
        Column("cost", "money", "unit cost"),
    ),
    erase="nothing",
)

COSTS = Table(
    "costs",
    "What the company spent: acquisition, retention, service, shipping, incentives.",
    key=("source", "cost_id"),
    columns=(
        SOURCE,
        Column(
            "cost_id",
            "text",
            "the row's own id, or made of month, channel, market and purpose",
            required=True,
        ),
        Column(
            "purpose",
            "text",
            "what for",
            one_of=("acquisition", "retention", "service", "shipping", "incentive"),
        ),
        CHANNEL,
        MARKET,
        Column("first_day", "day", "first day the spend is for", required=True),
        Column("last_day", "day", "last day the spend is for, included", required=True),
        CURRENCY,
        Column("amount", "money", "amount spent", required=True),
    ),
    erase="nothing",
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    "One row a stretch of a subscription with one plan and price. A change of plan ends one and starts the next.",
    key=("source", "subscription_id", "started_day"),
    columns=(
        SOURCE,
        Column("subscription_id", "text", "subscription", required=True),
        CUSTOMER,
        Column("started_day", "day", "first local day of this stretch", required=True),
        Column("ended_day", "day", "first local day no longer running; null while it runs"),
        MARKET,
        COUNTRY,
        CURRENCY,
        Column("plan", "text", "plan"),
        Column("amount", "money", "recurring amount per interval"),
        Column("interval_months", "whole", "months per interval"),
        Column("state", "text", "state of the stretch", one_of=("active", "trial", "paused")),
        Column(
            "end_kind", "text", "how it ended", one_of=("cancelled", "changed", "payment_failed", "paused")
        ),
        Column("end_reason", "text", "reason given"),
    ),
    erase="unlink",
)

EVENTS = Table(
    "events",
    "Web and app behaviour.",
    key=("source", "event_id"),
    columns=(
        SOURCE,
        Column("event_id", "text", "message id, unique in its source for ever", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        Column("session", "text", "visit"),
        Column("name", "text", "event name in the words of the Segment specification", required=True),
        Column("product", "text", "product concerned"),
        Column("page", "text", "path without its query"),
        CHANNEL,
        Column("value", "money", "worth of the event, in `currency`"),
        CURRENCY,
        Column("seconds", "number", "time spent"),
        Column("device", "text", "kind of device"),
    ),
)

TICKETS = Table(
    "tickets",
    "Support conversations.",
    key=("source", "ticket_id"),
    columns=(
        SOURCE,
        Column("ticket_id", "text", "ticket", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        LANGUAGE,
        CHANNEL,
        Column("topic", "text", "topic"),
        Column("priority", "text", "priority"),
        Column("order_id", "text", "order it is about"),
        Column("first_answer_seconds", "number", "time to the first answer"),
        Column("solved_at", "instant", "when it was solved, UTC"),
        Column("state", "text", "state", one_of=("new", "open", "pending", "hold", "solved", "closed")),
        Column("complaint", "flag", "whether it is a complaint"),
        Column("text_id", "text", "where the state store keeps the text"),
        Column("sentiment", "number", "-1 to 1"),
    ),
)

FEEDBACK = Table(
    "feedback",
    "Answers, reviews and mentions, and invitations to answer.",
    key=("source", "feedback_id"),
    columns=(
        SOURCE,
        Column("feedback_id", "text", "answer, review, mention or invitation", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        LANGUAGE,
        CHANNEL,
        Column("survey", "text", "survey"),
        Column("kind", "text", "what it is", required=True,
               one_of=("nps", "csat", "ces", "review", "mention", "answer", "invitation")),
        Column("score", "number", "score on its own scale"),
        Column("scale_low", "number", "lowest possible score"),
        Column("scale_high", "number", "highest possible score"),
        Column("lower_is_better", "flag", "effort scales where a low score is good"),
        Column("product", "text", "product concerned"),
        Column("order_id", "text", "order concerned"),
        Column("text_id", "text", "where the state store keeps the text"),
        Column("sentiment", "number", "-1 to 1"),
        Column("topic", "text", "topic"),
    ),
)  # fmt: skip

MESSAGES = Table(
    "messages",
    "Marketing and service messages and what became of them.",
    key=("source", "message_id", "kind", "at"),
    columns=(
        SOURCE,
        Column("message_id", "text", "message", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        LANGUAGE,
        CHANNEL,
        Column("campaign", "text", "campaign"),
        Column("kind", "text", "what happened", required=True,
               one_of=("sent", "delivered", "opened", "clicked", "bounced", "complained", "unsubscribed")),
        Column("machine", "flag", "whether a machine did it, not a person"),
    ),
)  # fmt: skip

POINTS = Table(
    "points",
    "Movements of loyalty points.",
    key=("source", "movement_id"),
    columns=(
        SOURCE,
        Column("movement_id", "text", "movement", required=True),
        CUSTOMER,
        AT,
        LOCAL_DAY,
        MARKET,
        Column("kind", "text", "movement", one_of=("earned", "spent", "expired", "reversed", "adjusted")),
        Column("points", "whole", "points, negative where they leave"),
        Column("order_id", "text", "order it belongs to"),
        Column("reason", "text", "reason"),
    ),
    erase="unlink",
)

FX_RATES = Table(
    "fx_rates",
    "Units of a currency for one euro on a day.",
    key=("day", "currency"),
    columns=(
        Column("day", "day", "day of the rate", required=True),
        Column("currency", "text", "ISO 4217 code", required=True),
        Column("per_euro", "rate", "units for one euro", required=True),
        Column("source", "text", "who published it"),
    ),
    erase="nothing",
)

SCORES = Table(
    "scores",
    "Predictions, with the day they were made for.",
    key=("customer", "day", "model"),
    columns=(
        Column("customer", "whole", "customer number", required=True),
        Column("day", "day", "as-of day", required=True),
        Column("model", "text", "model and version", required=True),
        Column("name", "text", "what is predicted"),
        Column("value", "number", "prediction"),
        Column("low", "number", "lower end of its interval"),
        Column("high", "number", "upper end of its interval"),
    ),
)

ALIASES = Table(
    "aliases",
    "Merged customers: `customer` is to be read as `into`. Removing the row un-merges.",
    key=("customer",),
    columns=(
        Column("customer", "whole", "customer number that was merged", required=True),
        Column("into", "whole", "customer number that it counts as", required=True),
        Column("at", "instant", "when, UTC"),
        Column("reason", "text", "why"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMERS, ORDERS, ORDER_LINES, PAYMENTS, SHIPMENTS, PRODUCTS, COSTS, SUBSCRIPTIONS, EVENTS, TICKETS,
        FEEDBACK, MESSAGES, POINTS, FX_RATES, SCORES, ALIASES,
    )
}  # fmt: skip
