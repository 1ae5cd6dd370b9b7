"""`regulars pairs`."""

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
from regulars.notebook.sheet import Kind, of_table
from regulars.prediction import Catalogue, baskets_of, bought_together, bundles, catalogue

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SHOWN = 25
_KINDS: dict[str, Kind] = {
    "support": "share", "confidence_ab": "share", "confidence_ba": "share", "lift": "ratio", "expected": "ratio",
    "lift_in_season": "ratio", "lift_low": "ratio", "extra_ab": "money", "extra_ba": "money", "value": "money", "extra": "money",
}  # fmt: skip
_BRIEF = ("a", "name_a", "b", "name_b", "baskets", "confidence_ab", "confidence_ba", "lift_in_season", "lift_low", "extra_ab", "extra_ba")  # fmt: skip


@app.command()
@takes
def pairs(
    inputs: Inputs,
    outputs: Outputs,
    product: Annotated[
        str | None, typer.Option("--product", metavar="CODE", help="Only what is bought with this product.")
    ] = None,
    sets: Annotated[
        bool, typer.Option("--bundles", help="Sets of three and four products instead of pairs.")
    ] = False,
    least: Annotated[
        int, typer.Option("--least", metavar="N", min=1, help="Leave out what fewer orders have together.")
    ] = 10,
) -> None:
    """Products bought together more often than by chance, corrected for popularity and season, the surest first.

    `lift_low` is the lower bound of how many times as often; `extra_ab` the revenue per 1,000 orders of a that comes from b beyond
    chance, an upper estimate of what offering it adds.

    \b
    Examples:
      regulars pairs orders.csv
      regulars pairs --lake shop.lake --product 85123A
      regulars pairs --lake shop.lake --bundles --output bundles.json
    """
    if outputs.sql:
        raise InputError("pairs are no single query.", where="--sql", do="See docs/recommendations.md.")
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        tell("counting what is bought together", None)
        source = baskets_of(shop.analysis)
        if not len(source.products):
            raise InputError(
                "No counted order says which product was bought.", do="Bring an export with a row for each product of an order."
            )  # fmt: skip
        if product is not None and product not in source.products:
            raise InputError(f"Nobody has bought {product}.", where="--product", do="Check the code: capitals make a difference.")  # fmt: skip
        known, found = catalogue(shop.analysis), bought_together(source, least_baskets=least)
        note = f"{found.singles.baskets:,} orders, {len(found):,} pairs in at least {least} of them."
        table = (
            _sets(bundles(source, found, least_baskets=least), product)
            if sets
            else _pairs(found.to_arrow(), product, known)
        )
        whole, format_ = len(table), output.resolved(outputs.format, outputs.output)
        on_screen = outputs.output is None and format_ is Format.table
        if on_screen:
            table = table.slice(0, _SHOWN) if sets else table.select(list(_BRIEF)).slice(0, _SHOWN)
        title = f"Bought together: {len(table):,} of {whole:,}"
        sheet = of_table(
            table, title=title, kinds=_KINDS, notes=(note,), currency=shop.analysis.definitions.currency
        )
        output.sheet(sheet, format_, outputs.output)
        if outputs.output is not None:
            say(note)


def _pairs(table: pa.Table, product: str | None, known: Catalogue) -> pa.Table:
    """Pairs beyond chance with names, those of one product if it is named."""
    kept = pc.greater(table["lift_low"], 1.0)
    if product is not None:
        kept = pc.and_(kept, pc.or_(pc.equal(table["a"], product), pc.equal(table["b"], product)))
    found = table.filter(kept)
    for side in ("a", "b"):
        found = found.append_column(f"name_{side}", _names(found[side], known))
    return found


def _names(codes: pa.ChunkedArray, known: Catalogue) -> pa.Array:
    place = pc.index_in(codes, pa.array(known.products, pa.string())).to_numpy(zero_copy_only=False)
    inside = ~np.isnan(place)
    names = np.full(len(codes), "", dtype=object)
    names[inside] = known.name[place[inside].astype(np.int64)]
    return pa.array(names, pa.string())


def _sets(table: pa.Table, product: str | None) -> pa.Table:
    """Sets with their products as one text, those with one product if it is named."""
    texts = pc.binary_join(table["products"], ", ")
    found = table.set_column(0, "products", texts)
    if product is None:
        return found
    # Each product is a whole item of the list, not a part of a text.
    flat, parents = pc.list_flatten(table["products"]), pc.list_parent_indices(table["products"])
    rows = parents.filter(pc.equal(flat, product)).unique().sort()
    return found.take(rows)
