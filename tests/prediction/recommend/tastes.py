"""A made-up shop with two tastes: each customer buys from one half of the products, and some products again and again."""

from __future__ import annotations

import numpy as np

from regulars.prediction.recommend import Interactions

DAYS = 300
EACH = 12  # products of each taste


def shop(customers: int = 240, seed: int = 1) -> Interactions:
    """Products a00.. and b00..; odd customers like b. Every 30 days or so each buys two of the taste and a favourite."""
    random = np.random.default_rng(seed)
    visits = DAYS // 30
    who = np.repeat(np.arange(1, customers + 1), visits * 3)
    day = np.repeat(np.arange(visits) * 30, 3)[None, :] + random.integers(0, 30, (customers, visits)).repeat(
        3, 1
    )
    favourite = random.integers(0, EACH, customers)
    number = random.integers(0, EACH, (customers, visits, 3))
    number[:, :, 0] = favourite[:, None]
    taste = np.array(["a", "b"])[who % 2]
    code = np.char.add(taste, np.char.zfill(number.reshape(-1).astype(str), 2))
    return Interactions.of(who, code, day.reshape(-1))
