"""What the rule language says in English, listed for translation: its columns, and its mistakes as templates."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

# The words of the library's columns, events and filters; a test holds that none is missing.
COLUMNS: tuple[str, ...] = (
    _("counted orders"), _("revenue after refunds"), _("margin before refunds"), _("average order value before refunds"),
    _("share of revenue refunded"), _("day of the first order"), _("day of the second order"), _("day of the last order"),
    _("days since the first order"), _("days since the last order"), _("average days between orders"),
    _("first order with a discount"), _("customer now, by the activity window"), _("home market"), _("country"),
    _("channel that won them"), _("share of orders with a discount"), _("recency score (1-5)"), _("frequency score (1-5)"),
    _("monetary score (1-5)"), _("RFM group"), _("language"), _("first known day"), _("came through another customer"),
    _("month of birth (1-12)"), _("age band"), _("gender"), _("subscription running"),
    _("plan of the running subscription"), _("state of the running subscription"),
    _("latest answer on recommending (0-10)"), _("latest satisfaction answer"), _("support conversations"),
    _("open support conversations"), _("complaints"), _("risk to be lost"), _("chance to buy again"),
    _("chance to be a customer still"), _("expected orders"), _("expected revenue"), _("expected revenue for ever"),
    _("lifetime value, so far and expected"), _("day by which the next order is expected"), _("may be profiled"), _("persona"), _("marketing consent (e-mail)"),
    _("orders"), _("revenue before refunds"),
    _("category"), _("product"), _("market of the order"), _("country of the order"), _("channel of the order"), _("source"),
    _("with a discount"), _("revenue of the order"), _("day of the order"),
)  # fmt: skip

# What is wrong. The first template that fits is taken.
WHATS: tuple[str, ...] = (
    _("Events cannot stand within events."),
    _("There is no column '%(name)s'."),
    _("There is no event '%(name)s'."),
    _("There is no filter '%(name)s'."),
    _("'%(column)s' is no yes/no column and needs a comparison."),
    _("'%(column)s' does not take '%(sign)s'."),
    _("That is too long ago."),
    _("'%(column)s' is compared with a whole number, like 3."),
    _("'%(column)s' is compared with a number, like 2.5."),
    _("'%(column)s' is compared with a share, like 20 %% or 0.2."),
    _("'%(column)s' is compared with an amount, like 200 EUR."),
    _("'%(column)s' is compared with a day, like 2026-01-31."),
    _("'%(column)s' is compared with yes or no."),
    _("'%(column)s' is a text."),
    _("'%(column)s' is never '%(value)s'."),
    _("That number is too large."),
    _("'%(column)s' is no share."),
    _("Amounts have at most four decimals."),
    _("'%(column)s' is no amount of money."),
    _("Amounts are in %(currency)s here, not in %(other)s."),
    _("A rule has at most %(most)s characters."),
    _("This quote is never closed."),
    _("'%(text)s' is not a number or a day."),
    _("'%(sign)s' has no meaning in a rule."),
    _("Expected the name of a column here, but the rule ends."),
    _("Expected the name of a column here, not '%(word)s'."),
    _("Expected a value here, but the rule ends."),
    _("Expected a value here, not '%(word)s'."),
    _("Expected a number of days here."),
    _("Expected 'days' here."),
    _("Expected a day here."),
    _("Expected '%(expected)s' here, but the rule ends."),
    _("Expected '%(expected)s' here, not '%(word)s'."),
    _("The rule is empty."),
    _("'%(word)s' was not expected here."),
    _("More than %(most)s parentheses within each other."),
    _("More than %(most)s conditions in one rule."),
    _("At most %(most)s days."),
    _("'ago' goes with 'before' or 'after' alone."),
    _("There is no day %(day)s."),
)

# What to do about it.
DOES: tuple[str, ...] = (
    _("Did you mean '%(word)s'?"),
    _("Known: %(words)s."),
    _("Write 'before'. It takes: %(signs)s."),
    _("Write 'after'. It takes: %(signs)s."),
    _("It takes: %(signs)s."),
    _("Compare it: %(example)s ..., or: is missing."),
    _("Write it in quotes: '%(text)s'"),
    _("Leave out the %%."),
    _("Leave out %(currency)s."),
    _("Write the amount in %(currency)s."),
    _("Close it with %(quote)s."),
    _(
        "Numbers look like 1200 or 1200.50, days like 2026-01-31. Put quotes round a text that begins with a digit."
    ),
    _("Put quotes round a text."),
    _("Write for example: %(example)s"),
    _("Write: is missing, or: is not missing"),
    _("Write: %(example)s"),
    _("Every '(' needs its ')'."),
    _("Join conditions with 'and' or 'or'."),
    _("Split the rule."),
    _("Use 'in (...)' for long lists."),
    _("Close the parentheses of '%(word)s('."),
    _("Separate the values with commas and close the parentheses."),
    _("Days are written year-month-day."),
)
