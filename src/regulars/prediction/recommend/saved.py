"""A recommender as plain data in a folder: `recommender.json` (settings, day, counts), `recommender.npz` (arrays) and
`weights.npy` (the similarity, by far the largest, in a file of its own so that a reader takes in only the rows it asks for)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from regulars.kernel.errors import InputError
from regulars.prediction.recommend.model import Recommender
from regulars.prediction.recommend.settings import Settings
from regulars.prediction.recommend.similar import Similarity
from regulars.prediction.recommend.trend import Sales

_FORMAT = 2
_NAMES = ("products", "similar", "fast", "slow", "waits")
_PLAIN, _ARRAYS, _WEIGHTS = "recommender.json", "recommender.npz", "weights.npy"


def save(model: Recommender, folder: Path) -> None:
    """Write a recommender into a folder, which is made where it is missing. The arrays come first, then what names them."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / _ARRAYS,
        products=model.products,
        similar=model.similar.products,
        fast=model.sales.fast,
        slow=model.sales.slow,
        waits=model.waits,
    )
    np.save(folder / _WEIGHTS, model.similar.weights)
    plain = {
        "format": _FORMAT,
        "as_of": model.as_of,
        "customers": model.customers,
        "purchases": model.purchases,
        "left_out": model.similar.left_out,
        "settings": model.settings.to_dict(),
    }
    (folder / _PLAIN).write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")


def load(folder: Path, *, mapped: bool = False) -> Recommender:
    """Read what `save` wrote. `mapped`: the similarity stays in its file, which suits a process that answers a few questions.

    Raises InputError where it is missing or of another format.
    """
    try:
        plain = json.loads((folder / _PLAIN).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in _NAMES}
        weights = np.load(folder / _WEIGHTS, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (OSError, ValueError, KeyError) as wrong:
        raise InputError(
            f"No recommender can be read here ({wrong}).", where=str(folder), do="Fit it again and save it."
        ) from wrong
    if plain.get("format") != _FORMAT:
        raise InputError(
            f"This recommender has format {plain.get('format')}, not {_FORMAT}.", where=str(folder),
            do="Fit it again and save it.",
        )  # fmt: skip
    return Recommender(
        Settings.from_dict(plain["settings"]),
        held["products"],
        Similarity(held["similar"], weights, plain["left_out"]),
        Sales(held["fast"], held["slow"]),
        held["waits"],
        plain["as_of"],
        plain["customers"],
        plain["purchases"],
    )
