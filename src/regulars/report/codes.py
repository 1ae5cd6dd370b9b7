"""Codes of the analyses and of the import as phrases. A code that is not known here keeps its English words."""

from __future__ import annotations

from regulars.charts.words import Words
from regulars.metrics import Assumption, BridgeLine, Effect, Finding, Weakness, WindowProposal
from regulars.metrics.whatif import Basis


def bridge_step(line: BridgeLine, w: Words) -> str:
    """What one step of the bridge is called."""
    known = {
        "rows_total": w.t("All rows in the files"),
        "duplicates": w.t("Twice in the files"),
        "rejected": w.t("Rows that cannot be read"),
        "files_total": w.t("All documents in the files"),
        "refund_documents": w.t("Refund documents, taken off below"),
        "refund_documents_later": w.t("Refund documents after the last day, left out"),
        "refund_documents_no_customer": w.t("Refund documents without a customer, left out"),
        "refund_documents_order_left_out": w.t("Refund documents of orders that do not count, left out"),
        "orders_total": w.t("All orders as charged"),
        "later": w.t("After the last day"),
        "test": w.t("Test orders"),
        "cancelled": w.t("Cancelled"),
        "no_customer": w.t("Without a customer"),
        "unpaid": w.t("Not paid"),
        "no_value": w.t("Without value"),
        "counted_total": w.t("Orders that count, as charged"),
        "tax": w.t("Tax"),
        "shipping": w.t("Shipping"),
        "adjustments": w.t("Adjustments"),
        "other": w.t("Parts of a total that nothing explains"),
        "rounding": w.t("Rounding"),
        "without_rate": w.t(
            "Orders that do not count and have no exchange rate: their amounts are in no line"
        ),
        "revenue_before_refunds": w.t("Revenue before refunds"),
        "refunds": w.t("Refunds"),
        "refunds_without_order": w.t("Refunds of customers without an order before"),
        "revenue": w.t("Revenue used"),
    }
    name = known.get(line.code) or w.say(line.words)
    return w.t("{name} ({detail})", name=name, detail=payment(line.detail, w)) if line.detail else name


def weakness(reason: Weakness, proposal: WindowProposal, w: Words) -> str:
    """Why the proposed window is weak."""
    if reason.code == "no_repeat_orders":
        return w.t("No customer ordered on two different days.")
    if reason.code == "few_repeat_orders":
        return w.n(
            "The proposal is weak: it rests on {n} repeat order only.",
            "The proposal is weak: it rests on {n} repeat orders only.", proposal.repeat_orders,
        )  # fmt: skip
    if reason.code == "short_history":
        return w.n(
            "The proposal is weak: the data covers {n} day, less than twice the window, so longer gaps could not be seen.",
            "The proposal is weak: the data covers {n} days, less than twice the window, so longer gaps could not be seen.",
            proposal.history_days,
        )  # fmt: skip
    return w.say(reason.words)


def effect(found: Effect, w: Words) -> str:
    """What is changed in a what-if."""
    change = w.number(found.change, 0 if found.change == int(found.change) else 1)
    known = {
        "retention_points": w.t("{change} percentage points more retention", change=change),
        "retention_percent": w.t("{change}% more retention (relative, not points)", change=change),
        "purchases_per_year": w.t("{change} more purchase a year by each kept customer", change=change),
        "price_percent": w.t("{change}% higher prices", change=change),
        "basket_percent": w.t("{change}% larger baskets", change=change),
    }
    return known.get(found.scenario) or w.say(found.words)


def assumption(found: Assumption, basis: Basis, currency: str, w: Words) -> str:
    """One thing that a what-if rests on."""
    count = w.number(found.value or 0)
    money = w.money(found.value or 0, currency)
    per_kept = (
        w.t("A kept customer brought {amount} of margin in the year on average, after refunds.", amount=money)
        if basis == "margin"
        else w.t("A kept customer brought {amount} in the year on average, after refunds.", amount=money)
    )
    known = {
        "start_customers": w.t("Customers at the start of the year: {count}.", count=count),
        "kept_customers": w.t("Of them kept at its end: {count}.", count=count),
        "mean_per_kept": per_kept,
        "alike": w.t("Customers kept in addition bring as much as those kept now; they may bring less."),
        "no_cost": w.t("What the change costs is not taken off."),
        "one_at_a_time": w.t("Each change is taken alone: effects do not add up."),
        "margin_unknown": w.t("The margin is not known: effects are revenue, not profit."),
    }
    return known.get(found.code) or w.say(found.words)


def check(found: Finding, w: Words) -> str:
    """What a quality check looks for."""
    known = {
        "guests": w.t("Orders without a customer"),
        "duplicates": w.t("Orders that may be there twice"),
        "house_accounts": w.t("House accounts"),
        "impossible_days": w.t("Impossible dates"),
        "impossible_amounts": w.t("Impossible amounts"),
        "stale_source": w.t("Days since a source's last order"),
    }
    return known.get(found.code) or w.say(found.words)


def identity(kind: str, w: Words) -> str:
    """What kind of address or account was found."""
    known = {
        "guests": w.t("orders without a customer"),
        "relay": w.t("relay address of a marketplace"),
        "shared": w.t("shared address"),
        "house": w.t("house account"),
        "possible_house": w.t("possible house account"),
        "possible_duplicates": w.t("possible duplicates"),
    }
    return known.get(kind, kind)


def payment(value: str | None, w: Words) -> str:
    """A payment state or kind of payment."""
    known = {
        None: w.t("not known"), "paid": w.t("paid"), "partially_paid": w.t("partially paid"), "open": w.t("open"),
        "pending": w.t("pending"), "authorised": w.t("authorised"), "voided": w.t("voided"),
        "failed": w.t("failed"), "refunded": w.t("refunded"), "partially_refunded": w.t("partially refunded"),
        "card": w.t("card"), "gift_card": w.t("gift card"), "crypto": w.t("crypto"), "other": w.t("other"), "invoice": w.t("invoice"), "cash_on_delivery": w.t("cash on delivery"),
        "wallet": w.t("wallet"), "bank_transfer": w.t("bank transfer"), "pay_in_parts": w.t("pay in parts"),
        "direct_debit": w.t("direct debit"), "voucher": w.t("voucher"), "cash": w.t("cash"),
    }  # fmt: skip
    return known.get(value) or str(value)
