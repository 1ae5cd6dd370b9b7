"""Ours: all pairs of millions of made-up baskets, read in blocks; products as popular as in a real shop (Zipf), in seasons."""

import time

BEGAN = time.perf_counter()

from collections.abc import Iterator  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402
from regulars.prediction.together import Baskets, bought_together  # noqa: E402

_BLOCK, _PRODUCTS, _MEAN, _MONTHS = 250_000, 5_000, 6, 24


class MadeUp:
    """Baskets drawn anew at each reading, the same each time; nothing is held but one block."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.products = np.array([f"{number:06d}" for number in range(_PRODUCTS)])

    def blocks(self) -> Iterator[Baskets]:
        """Blocks of baskets."""
        popular = 1.0 / (np.arange(_PRODUCTS) + 10.0)
        shares = np.cumsum(popular / popular.sum())
        for number in range(0, self.count, _BLOCK):
            random = np.random.default_rng(number)
            size = min(_BLOCK, self.count - number)
            lines = 1 + random.poisson(_MEAN - 1, size)
            basket = np.repeat(np.arange(size, dtype=np.int64), lines)
            product = np.searchsorted(shares, random.random(len(basket))).clip(0, _PRODUCTS - 1)
            keys = np.unique(basket * _PRODUCTS + product)
            month = random.integers(0, _MONTHS, size)
            yield Baskets(self.products, keys // _PRODUCTS, keys % _PRODUCTS, np.ones(len(keys)), month)


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Argument: how many baskets."""
    source, clock = MadeUp(int(arguments[0])), Clock()
    for _ in source.blocks():
        pass
    clock.lap("drawing once")
    found = bought_together(source)
    clock.lap("pairs")
    return clock.steps, {"pairs": {"pairs": float(len(found)), "baskets": float(found.singles.baskets)}}


if __name__ == "__main__":
    serve(work, BEGAN)
