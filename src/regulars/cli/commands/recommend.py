"""`regulars recommend`."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.guard import say
from regulars.cli.options import Inputs, Outputs
from regulars.cli.output import Format
from regulars.cli.workspace import opened
from regulars.kernel.errors import InputError
from regulars.notebook.sheet import of_table
from regulars.prediction import (
    Catalogue,
    Filters,
    Interactions,
    Recommender,
    back_test_recommender,
    catalogue,
    fit_recommender,
    interactions_of,
    recommend_for_basket,
    recommend_for_customers,
    recommend_for_visitor,
)

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SHOWN = 5  # customers on the screen
_MEASURED = 4_000


@app.command()
@takes
def recommend(
    inputs: Inputs,
    outputs: Outputs,
    customer: Annotated[
        list[int] | None, typer.Option("--customer", metavar="N", help="For this customer; repeat for several.")
    ] = None,
    basket: Annotated[
        list[str] | None,
        typer.Option("--basket", metavar="CODE", help="What goes with these products; repeat for several. One is a product page."),
    ] = None,
    visitor: Annotated[
        bool, typer.Option("--visitor", help="For somebody of whom nothing is known.")
    ] = False,
    number: Annotated[int, typer.Option("--number", metavar="K", min=1, max=100, help="Products a list.")] = 10,
    never: Annotated[
        list[str] | None, typer.Option("--never", metavar="CODE", help="Never recommend this product; repeat for several.")
    ] = None,
    tested: Annotated[
        bool, typer.Option("--tested/--not-tested", help="Try it on each customer's last purchase day, and say how good it was.")
    ] = True,
) -> None:  # fmt: skip
    """What to offer: for every customer what to buy again and what to discover, each with its reason.

    On the screen the first customers are shown; `--output` writes everyone: by number, never by name. Orders need lines that say
    which product was bought.

    \b
    Examples:
      regulars recommend orders.csv --output offers.parquet
      regulars recommend --lake shop.lake --customer 17
      regulars recommend --lake shop.lake --basket 85123A --basket 22423
    """
    if sum((bool(customer), bool(basket), visitor)) > 1:
        raise InputError("--customer, --basket and --visitor ask different things.", do="Name one of them.")
    if outputs.sql:
        raise InputError(
            "recommendations are no single query.", where="--sql", do="See docs/recommendations.md."
        )
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        tell("reading what was bought", None)
        given = interactions_of(shop.analysis)
        if not len(given):
            raise InputError(
                "No counted order says which product was bought.", do="Bring an export with a row for each product of an order."
            )  # fmt: skip
        known = catalogue(shop.analysis)
        tell("learning what goes with what", None)
        model, notes = _learned(given, number, tested=tested)
        allowed = Filters(exclude=never or ()).allowed(model.products)
        if basket:
            found = recommend_for_basket(
                model, _known_codes(model, basket), k=number, allowed=allowed, given=given
            )
            title = f"What goes with {', '.join(basket)}"
        elif visitor:
            found = recommend_for_visitor(model, k=number, allowed=allowed)
            title = "For a visitor"
        else:
            found, title = _for_customers(model, given, customer, number, allowed, outputs)
        format_ = output.resolved(outputs.format, outputs.output)
        sheet = of_table(_named(found, known), title=title, notes=tuple(notes))
        output.sheet(sheet, format_, outputs.output)
        if outputs.output is not None:
            say("\n".join(notes))


def _learned(given: Interactions, number: int, *, tested: bool) -> tuple[Recommender, list[str]]:
    """The recommender, and what is to be said of it."""
    notes, settings = [_of(given)], None
    if tested:
        trial = back_test_recommender(given, k=number, most=_MEASURED, with_rules=True)
        settings, mixed = trial.settings, trial.mixed
        if mixed.customers:
            notes.append(
                f"Tried on the last purchase day of {mixed.customers:,} customers: {mixed.recall:.3f} ± {mixed.standard_error:.3f} of "
                f"the possible hits (recall@{number}); by what each buys most often {trial.rules['often_mixed'].recall:.3f}, by what "
                f"everybody buys {trial.rules['popular_mixed'].recall:.3f}."
            )
    return fit_recommender(given, settings=settings), notes


def _of(given: Interactions) -> str:
    return f"Learned from {len(given):,} purchases of {len(given.products):,} products by {len(given.customers):,} customers."


def _for_customers(
    model: Recommender,
    given: Interactions,
    customer: list[int] | None,
    number: int,
    allowed: np.ndarray[tuple[int], np.dtype[np.bool_]],
    outputs: Outputs,
) -> tuple[pa.Table, str]:
    """The lists of those who were named, of everyone for a file, of the first few for the screen."""
    everyone = outputs.output is not None or outputs.format not in (None, Format.table)
    asked = np.asarray(customer, dtype=np.int64) if customer else given.customers
    shown = asked if customer or everyone else asked[:_SHOWN]
    found = recommend_for_customers(model, given, customers=shown, k=number, allowed=allowed)
    order = [(name, "ascending") for name in ("customer", "list", "rank")]
    title = (
        "What to offer"
        if len(shown) == len(asked)
        else f"What to offer: the first {len(shown)} of {len(asked):,} customers"
    )
    return found.take(pc.sort_indices(found, sort_keys=order)), title


def _known_codes(model: Recommender, basket: list[str]) -> list[str]:
    """The codes of the basket. Raises InputError where none of them was ever bought."""
    codes = [code for name in basket for code in name.split(",")]
    known = set(model.products.tolist())
    if not known.intersection(codes):
        raise InputError(
            f"Nobody has bought {', '.join(codes)}.",
            where="--basket",
            do="Check the codes: capitals make a difference.",
        )
    return codes


def _named(found: pa.Table, known: Catalogue) -> pa.Table:
    """The answer with names of products; scores, which only tell an order, are left out."""
    names = pa.table(
        {"product": pa.array(known.products, pa.string()), "name": pa.array(known.name, pa.string())}
    )
    found = found.append_column("_row", pa.array(np.arange(len(found))))
    joined = found.join(names, "product").sort_by("_row").drop_columns(["_row", "score"])
    front = [name for name in ("customer", "list", "rank", "product", "name") if name in joined.column_names]
    return joined.select([*front, *(name for name in joined.column_names if name not in front)])
