"""What may be offered at all. Applied before anything is ranked, so that as many answers remain as were asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.lake.tables import PRODUCTS
from regulars.metrics.analysis import Analysis
from regulars.prediction.recommend.interactions import Flags, Floats, positions


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What is known of products: parallel arrays, sorted by code. Price 0 and texts '' where not known."""

    products: npt.NDArray[np.str_]
    price: Floats
    category: npt.NDArray[np.str_]
    name: npt.NDArray[np.str_]


@dataclass(frozen=True)
class Filters:
    """What may be offered; None: no such limit. Product codes everywhere.

    `listed`: products that are still sold (say, those of the `products` table); `in_stock`; `available`: for each
    country or market the products that are sold there, used with `place`; `least_price`, `most_price`: in the
    catalogue's currency, a product without a known price is left out; `exclude`: never.
    """

    listed: Collection[str] | None = None
    in_stock: Collection[str] | None = None
    available: Mapping[str, Collection[str]] | None = None
    place: str | None = None
    least_price: float | None = None
    most_price: float | None = None
    exclude: Collection[str] = ()

    def allowed(self, products: npt.NDArray[np.str_], catalogue: Catalogue | None = None) -> Flags:
        """Whether each of these (sorted) products may be offered.

        Raises InputError for a price limit without a catalogue, and for a place that `available` does not know.
        """
        found = np.ones(len(products), dtype=np.bool_)
        for wanted in (self.listed, self.in_stock, self._sold_there()):
            if wanted is not None:
                found &= _among(products, wanted)
        if self.least_price is not None or self.most_price is not None:
            price = _prices(products, catalogue)
            found &= (price >= (self.least_price or 0.0)) & (price > 0)
            found &= price <= (np.inf if self.most_price is None else self.most_price)
        return np.asarray(found & ~_among(products, self.exclude))

    def _sold_there(self) -> Collection[str] | None:
        if self.available is None or self.place is None:
            return None
        if self.place not in self.available:
            known = ", ".join(sorted(self.available)) or "none"
            raise InputError(
                f"It is not known what is sold in '{self.place}' (known: {known}).",
                where="available",
                do="Name its products, or leave the place out.",
            )
        return self.available[self.place]


def catalogue(analysis: Analysis) -> Catalogue:
    """The `products` table; of a code that several sources have, the row of the last source by name."""
    table = PRODUCTS.ibis
    rows = analysis.run(table.select("source", "product", "name", "category", "price"))
    rows = rows.sort_by([("product", "ascending"), ("source", "ascending")])
    codes = np.asarray(rows["product"].to_pylist(), dtype=np.str_)
    price = np.asarray([float(value or 0) for value in rows["price"].to_pylist()])
    texts = {name: np.asarray([value or "" for value in rows[name].to_pylist()], dtype=np.str_)
             for name in ("category", "name")}  # fmt: skip
    last = np.ones(len(codes), dtype=np.bool_)
    last[:-1] = codes[1:] != codes[:-1]
    return Catalogue(codes[last], price[last], texts["category"][last], texts["name"][last])


def _among(products: npt.NDArray[np.str_], wanted: Collection[str]) -> Flags:
    found = np.zeros(len(products), dtype=np.bool_)
    at = positions(products, sorted(wanted))
    found[at[at >= 0]] = True
    return found


def _prices(products: npt.NDArray[np.str_], known: Catalogue | None) -> Floats:
    if known is None:
        raise InputError("A price limit needs the products' prices.", do="Give the catalogue as well.")
    at = positions(known.products, products)
    if not len(known.price):
        return np.zeros(len(products))
    return np.asarray(np.where(at >= 0, known.price[at], 0.0))
