"""What an import says, as fixed texts with places for values, so that a report can say it in any language."""

from __future__ import annotations

import re
from functools import cache

from regulars.sources.field_words import FIELD_WORDS, RECOGNISED_BY

# Why a row cannot be used.
MISSING = "{field} is missing"
NO_DATE = "cannot be read as a date"
NO_FLAG = "cannot be read as yes or no"
NO_NUMBER = "cannot be read as a number"
NO_POSSIBLE_DAY = "not a possible day (1970 to 2099)"
NOT_ONE_OF = "not one of {words}"
SIBLING = "another row of this document cannot be used"
ORDER_WITHOUT_DATE = "the order has no date"
ORDER_WITHOUT_AMOUNT = "the order has no amount"
ONE_FIELD = "the row has 1 field, the header {width}"
OTHER_FIELDS = "the row has {fields} fields, the header {width}"
OTHER_CELLS = "the row has {fields} cells, the header {width}"
BAD_BYTES = "the text has bytes that are not valid in the file's encoding"
TOO_LONG = "the row is longer than {most} characters"
OPEN_QUOTE = "a quote is opened in this row and never closed"
NO_JSON = "the line is no JSON object"
REJECTED = (
    MISSING, NO_DATE, NO_FLAG, NO_NUMBER, NO_POSSIBLE_DAY, NOT_ONE_OF, SIBLING, ORDER_WITHOUT_DATE,
    ORDER_WITHOUT_AMOUNT, ONE_FIELD, OTHER_FIELDS, OTHER_CELLS, BAD_BYTES, TOO_LONG, OPEN_QUOTE, NO_JSON,
)  # fmt: skip

# Why a row that can be read is left out.
NEITHER = "neither order nor refund"
CONDITION = "left out by a condition of the format or mapping"
LEFT_OUT = (NEITHER, CONDITION)

# What is worth knowing about an import. Counts stand behind a colon, so that one form fits all numbers.
RENAMED = "These columns occur more than once and were numbered: {columns}."
MENDED = "Lines that are not UTF-8 like the rest, and were read as {encoding}: {lines}."
GUESSED = "The file does not say its encoding; it was read as {encoding}."
DAY_FIRST = "Dates like '{example}' in column '{column}' were read with the day first, as nothing in the file tells. Otherwise: --month-first."
IN_ORDER_DAY_FIRST = "Dates like '{example}' in column '{column}' were read with the day first, so that the rows follow each other in time. Otherwise: --month-first."
IN_ORDER_MONTH_FIRST = "Dates like '{example}' in column '{column}' were read with the month first, so that the rows follow each other in time. Otherwise: --day-first."
ZEROS = "Rows from which zero bytes were removed: {rows}."
PADDED = "Rows that end in delimiters beyond the header, which were ignored: {rows}."
UNREAD = "Rows that could not be read and stand in the rejects: {rows}."
TAX_UNKNOWN = "Orders whose file does not say whether amounts include tax, so that they are used as given: {orders} of {all}."
NO_CURRENCY = "Orders that name no currency: {orders}. Give it with --currency."
CURRENCIES = "The amounts are in several currencies: {currencies}."
CHANGED = (
    "Documents that stand in several files with different contents: {documents}. The latest file counts."
)
PUT_TOGETHER = "Documents that were cut in two by the end of a file and put together again: {documents}."
SAME_DAY = "There are no order numbers and no times, so the rows of one customer on one day count as one order: {rows} rows made {orders} orders."
ORDER_UNKNOWN = "Rows of {table} whose order is not known (yet): {rows}. Once the orders are there, import the file again."
ORDER_CAME_LATER = "Rows of {table} that came before their orders, which are here now: {rows}. Import their file again, and they take customer, market and day from them."
WITHOUT_KEY = "Rows of {table} that name nobody, and were left out: {rows}."
# What recognition took for granted.
PASSED_OVER = "This sheet holds no orders that were recognised, and was passed over."
SHARES = 'Column "{column}" holds shares, not amounts, and was not taken off.'
WHOLE_ORDER = 'Column "{column}" is alike on all lines of an order, so it is the order\'s total.'
WHOLE_LINE = 'Column "{column}" grows with "{quantity}", so it was taken for the whole line.'
ID_OF_CUSTOMER = 'Column "{column}" comes back on other days, so it was taken for the customer.'
BY_NAME = 'Customers are told apart by the names in column "{column}"; people of one name count as one.'
CURRENCY_TAKEN = "Amounts were taken for {currency}, by their sign, their column's name or the one country. Another: --currency."
LINES_LEFT_OUT = (
    'Column "{column}" differs between the lines of an order; lines that are {words} were left out.'
)
STATES_UNKNOWN = 'Column "{column}" has words that are not known ({words}); such orders count.'
NO_SALES = 'Rows whose "{column}" is {words} are no sales and were left out.'
REFUND_ROWS = 'Rows whose "{column}" is {words} are refunds.'
RECOGNISED = (
    PASSED_OVER, SHARES, WHOLE_ORDER, WHOLE_LINE, ID_OF_CUSTOMER, BY_NAME, CURRENCY_TAKEN, LINES_LEFT_OUT,
    STATES_UNKNOWN, NO_SALES, REFUND_ROWS,
)  # fmt: skip
WARNINGS = (
    *RECOGNISED,
    RENAMED, MENDED, GUESSED, DAY_FIRST, IN_ORDER_DAY_FIRST, IN_ORDER_MONTH_FIRST, ZEROS, PADDED, UNREAD, TAX_UNKNOWN, NO_CURRENCY, CURRENCIES, CHANGED, PUT_TOGETHER,
    SAME_DAY, ORDER_UNKNOWN, ORDER_CAME_LATER, WITHOUT_KEY,
)  # fmt: skip
MESSAGES = (*REJECTED, *LEFT_OUT, *WARNINGS, *FIELD_WORDS.values(), *RECOGNISED_BY)


class Message(str):
    """An English text that knows its fixed form `text` (one of `MESSAGES`), its `values` and the file it is about."""

    text: str
    values: dict[str, str | int]
    where: str

    def __new__(cls, text: str, /, where: str = "", **values: str | int) -> Message:
        shown = {name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()}
        made = super().__new__(cls, (f"{where}: " if where else "") + text.format(**shown))
        made.text, made.values, made.where = text, values, where
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.text, self.where, self.values)


def said(where: str, text: str) -> str:
    """A text as said of a file."""
    return Message(text.text, where, **text.values) if isinstance(text, Message) else f"{where}: {text}"


def _again(text: str, where: str, values: dict[str, str | int]) -> Message:
    return Message(text, where, **values)


def understood(reason: str) -> str:
    """A reason as it stands in the rejects, as a Message; one that is not known here stays as it is."""
    for text, form in _forms():
        if found := form.fullmatch(reason):
            return Message(text, **found.groupdict())
    return reason


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = []
    for text in (*REJECTED, *LEFT_OUT):
        pieces = re.split(r"\{(\w+)\}", text)
        form = "".join(f"(?P<{p}>.+)" if n % 2 else re.escape(p) for n, p in enumerate(pieces))
        made.append((text, re.compile(form)))
    return tuple(made)
