"""What other tools' imports call their columns, and a customer's cells for them. docs/platform/handover.md says where it is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Person:
    """What is given of one customer. `list_name`: of the hand-over; `reason`, `step`: in words, empty where none is known."""

    key: str
    email: str
    name: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    list_name: str = ""
    churn_probability: float | None = None
    predicted_clv: Decimal | None = None
    currency: str = ""
    expected_date_of_next_order: date | None = None
    reason: str = ""
    step: str = ""

    @property
    def telephone(self) -> str:
        """E.164 (+ and 7 to 15 digits), which imports ask for; empty where the number does not say its country."""
        digits = "".join(letter for letter in self.phone if letter.isdecimal() and letter.isascii())
        if self.phone.strip().startswith("00"):
            digits = digits.removeprefix("00")
        elif not self.phone.strip().startswith("+"):
            return ""
        return f"+{digits}" if 7 <= len(digits) <= 15 else ""

    @property
    def first_name(self) -> str:
        """All but the last word of the name; the name itself where it is one word."""
        return self.name.rpartition(" ")[0] or self.name

    @property
    def last_name(self) -> str:
        return self.name.rpartition(" ")[2] if " " in self.name else ""

    @property
    def tag(self) -> str:
        """The list's name as a tag: tools separate tags by commas."""
        return self.list_name.replace(",", " ")

    @property
    def risk(self) -> str:
        return "" if self.churn_probability is None else f"{self.churn_probability:.4f}"

    @property
    def value(self) -> str:
        return "" if self.predicted_clv is None else f"{self.predicted_clv:.2f}"

    @property
    def due(self) -> str:
        return (
            "" if self.expected_date_of_next_order is None else self.expected_date_of_next_order.isoformat()
        )


Column = tuple[str, Callable[[Person], str]]


def _foreseen(prefix: str = "") -> tuple[Column, ...]:
    """What Regulars adds, under the names that Klaviyo made common."""
    return (
        (f"{prefix}churn_probability", lambda one: one.risk),
        (f"{prefix}predicted_clv", lambda one: one.value),
        (f"{prefix}expected_date_of_next_order", lambda one: one.due),
        (f"{prefix}regulars_reason", lambda one: one.reason),
        (f"{prefix}regulars_step", lambda one: one.step),
    )


def _email(one: Person) -> str:
    return one.email


def _telephone(one: Person) -> str:
    return one.telephone


_NAMES: tuple[Column, ...] = (
    ("First Name", lambda one: one.first_name),
    ("Last Name", lambda one: one.last_name),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "plain": (
        ("customer", lambda one: one.key),
        ("email", _email),
        ("name", lambda one: one.name),
        ("phone", lambda one: one.phone),
        ("language", lambda one: one.language),
        ("country", lambda one: one.country),
        ("list", lambda one: one.list_name),
        ("currency", lambda one: one.currency),
        *_foreseen(),
    ),
    # The first column must be the address; names of Klaviyo's own properties are matched by themselves.
    "klaviyo": (
        ("Email", _email),
        *_NAMES,
        ("Phone Number", _telephone),
        ("Country", lambda one: one.country),
        ("Language", lambda one: one.language),
        ("regulars_customer", lambda one: one.key),
        ("regulars_list", lambda one: one.list_name),
        *_foreseen(),
    ),
    "mailchimp": (
        ("Email Address", _email),
        *_NAMES,
        ("Phone Number", _telephone),
        ("Language", lambda one: one.language),
        ("Country", lambda one: one.country),
        ("Tags", lambda one: one.tag),
        *_foreseen(),
    ),
    # Capitals matter. What is known of consent stays as the shop has it: no column says anything about it.
    "shopify": (
        *_NAMES,
        ("Email", _email),
        ("Default Address Country Code", lambda one: one.country),
        ("Tags", lambda one: one.tag),
        ("Note", lambda one: ". ".join(part for part in (one.reason, one.step) if part)),
    ),
    # An empty cell empties the field there, and tags replace tags: only what is ours, in the order that the import asks for.
    "zendesk": (
        ("name", lambda one: one.name or one.email),
        ("email", _email),
        ("custom_fields.regulars_list", lambda one: one.list_name),
        *_foreseen("custom_fields."),
    ),
}  # fmt: skip

# What says who is meant: never cut.
KEYS = ("customer", "regulars_customer", "email", "Email", "Email Address")
_LONGEST = 255  # bytes that Mailchimp keeps of a text


def header(tool: str) -> list[str]:
    """The columns of a tool's import, in their order. Raises KeyError for a tool that is not known."""
    return [name for name, _cell in COLUMNS[tool]]


def cells(tool: str, one: Person) -> list[str]:
    """A customer's cells under `header`; longer texts are cut at 255 bytes of UTF-8."""
    return [shortened(cell(one), _LONGEST) for _name, cell in COLUMNS[tool]]


def fields(tool: str, one: Person) -> dict[str, Any]:
    """A customer in a webhook's message, under the tool's own names; what is not known is left out.

    Any other tool gets numbers as numbers, and money with its currency.
    """
    found: dict[str, Any] = {name: text for name, cell in COLUMNS[tool] if (text := cell(one))}
    if tool != "plain":
        return found
    for name in ("list", "currency"):  # the message says the one, the amount the other
        found.pop(name, None)
    if one.predicted_clv is not None:
        found["predicted_clv"] = {"amount": one.value, "currency": one.currency}
    if one.churn_probability is not None:
        found["churn_probability"] = round(one.churn_probability, 4)
    return found


def shortened(text: str, longest: int) -> str:
    """The text in at most so many bytes of UTF-8, cut between letters."""
    encoded = " ".join(text.split()).encode()
    return encoded[:longest].decode(errors="ignore")
