"""What the commands about one person share: who is meant, and what is said of the places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from regulars.kernel.errors import InputError

if TYPE_CHECKING:
    from regulars.platform.privacy.api import Holding, Person

Who = Annotated[
    str,
    typer.Argument(
        metavar="PERSON", help="E-mail address, telephone number, a shop's customer id, or customer number."
    ),
]


def meant(text: str) -> Person:
    """The person a text means. Raises InputError where it is nobody, or several."""
    from regulars.platform.customers import api as customers  # noqa: PLC0415 - after Django is loaded

    found = customers.person(text)
    if found is None:
        raise InputError(
            "No single customer is known by that.",
            do="Give the whole e-mail address, the telephone number with its country, or the customer number.",
        )
    return found


def told(holdings: list[Holding]) -> None:
    """Print each place with its records, and what would remain there."""
    width = max(len(one.label) for one in holdings)
    for one in holdings:
        print(f"{one.label:<{width}}  {one.records:>6}" + (f"  {one.remains}" if one.remains else ""))
