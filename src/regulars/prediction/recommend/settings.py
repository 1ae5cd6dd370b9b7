"""What the recommendations depend on. Every value is chosen on earlier days (choose.py); these are what serves before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Lean:
    """How much a list leans on the trend: the powers of what sells now and of what always sells (see trend.py)."""

    rise: float
    fade: float


@dataclass(frozen=True)
class Settings:
    """Half-lives in days.

    `again_half_life`: of a purchase in 'buy again'; `rhythm`: how much being overdue adds there; `taste_half_life`: of a
    purchase as evidence of taste in 'discover'; `ridge`: see similar.py; `pull`: what similarity counts beside own
    purchases where both lists are one. A `Lean` for each list. `customers`: on how many customers' earlier days they
    were chosen (0: nothing was chosen, these are the defaults).
    """

    again_half_life: float = 240.0
    rhythm: float = 0.0
    again: Lean = field(default=Lean(0.3, 0.1))
    taste_half_life: float = 240.0
    ridge: float = 6.0
    discover: Lean = field(default=Lean(0.7, 0.4))
    pull: float = 1.0
    mixed: Lean = field(default=Lean(0.4, 0.1))
    customers: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Settings:
        """From `to_dict`."""
        leans = {name: Lean(**plain[name]) for name in ("again", "discover", "mixed")}
        return cls(**{**plain, **leans})
