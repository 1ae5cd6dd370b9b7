"""Models with known parameters, and the derivatives of a likelihood by differences."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.prediction.purchase import BgBb, BgNbd, MbgNbd, ParetoNbd

Floats = npt.NDArray[np.float64]

PARAMETERS: dict[type[Any], tuple[float, ...]] = {
    BgNbd: (0.25, 4.4, 0.8, 2.4),
    MbgNbd: (0.5, 6.2, 0.9, 1.6),
    ParetoNbd: (0.55, 10.6, 0.6, 11.7),
    BgBb: (1.2, 0.75, 0.66, 2.8),
}


def known(kind: type[Any], *parameters: float, **more: Any) -> Any:
    """A model with these parameters, as if they had been estimated without error."""
    values = dict(zip(kind.names, parameters or PARAMETERS[kind], strict=True))
    none = tuple((0.0,) * len(values) for _ in values)
    return kind(values, dict.fromkeys(values, 0.0), 0.0, covariance=none, **more)


def differences(function: Callable[[Floats], float], at: Floats) -> Floats:
    """The gradient from central differences at four widths, extrapolated to none (L. F. Richardson): ten digits."""
    found = np.empty(len(at))
    for place in range(len(at)):
        table = []
        for halving in range(4):
            step = np.zeros(len(at))
            step[place] = 0.02 / 2**halving
            table.append((function(at + step) - function(at - step)) / (2 * step[place]))
        for order in range(1, 4):
            table = [(4**order * better - worse) / (4**order - 1) for worse, better in pairwise(table)]
        found[place] = table[0]
    return found
