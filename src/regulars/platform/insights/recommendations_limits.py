"""What may be recommended at all: what people have set, and whether it is still sold. Regulars knows no stock; what was not
sold for a while is taken for what cannot be had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, change_settings, get_setting, start_job
from regulars.prediction import Filters

MOST, LONGEST, LONGEST_WAIT = 2_000, 200, 3_650
_NAMES = ("products", "categories")


@dataclass(frozen=True)
class Limits:
    """Product codes and categories that are never recommended; `sold_within_days` 0: however long ago it was sold last;
    `own_market`: to a market's customers only what was sold to them."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sold_within_days: int = 180
    own_market: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "products": list(self.products), "categories": list(self.categories),
            "sold_within_days": self.sold_within_days, "own_market": self.own_market,
        }  # fmt: skip

    def allowed(
        self, codes: npt.NDArray[np.str_], category: npt.NDArray[np.str_], last: npt.NDArray[np.datetime64], as_of: date
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Whether each of these products (sorted codes, with category and the day last sold) may be recommended."""
        small = np.char.lower(category) if len(category) else category
        never = np.isin(small, [name.lower() for name in self.categories])
        found = Filters(exclude=self.products).allowed(codes) & ~never
        if self.sold_within_days:
            found &= last >= np.datetime64(as_of - timedelta(days=self.sold_within_days))
        return np.asarray(found)


def limits() -> Limits:
    """What is set now."""
    return Limits(
        tuple(get_setting("recommend_never_products")),
        tuple(get_setting("recommend_never_categories")),
        int(get_setting("recommend_sold_within_days")),
        bool(get_setting("recommend_own_market")),
    )


def change_limits(
    *, by: User, products: Iterable[str], categories: Iterable[str], sold_within_days: int, own_market: bool
) -> bool:
    """Set what is never recommended, write it down, and have the lists made anew. False where nothing differs.

    Raises InputError for too many or too long names, and for a time that cannot be; `where` names the value.
    """
    named = {"products": _clean(products), "categories": _clean(categories)}
    for name in _NAMES:
        if len(named[name]) > MOST or any(len(text) > LONGEST for text in named[name]):
            raise InputError("There are too many names, or one is too long.", where=name,
                             do=f"Name at most {MOST}, each of at most {LONGEST} characters.")  # fmt: skip
    if not 0 <= sold_within_days <= LONGEST_WAIT:
        raise InputError("This is no number of days.", where="sold_within_days", do="Write 0 to 3,650.")
    changed = change_settings(
        by=by,
        values={
            "recommend_never_products": named["products"],
            "recommend_never_categories": named["categories"],
            "recommend_sold_within_days": sold_within_days,
            "recommend_own_market": own_market,
        },
    )
    if changed:
        start_job(kind="insights.recommend", key="limits", by=by)
    return bool(changed)


def _clean(names: Iterable[str]) -> list[str]:
    """Without empty ones and repetitions, in order."""
    return sorted({text.replace("\x00", "").strip() for text in names} - {""})
