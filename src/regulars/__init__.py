"""Regulars: turn customers into regulars.

In a notebook: `import regulars as rg; shop = rg.read("orders.csv"); shop.figures("retention_rate").to_pandas()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.notebook import Shop, figures, open_lake, read

__version__ = "0.1.0"
__all__ = ["Shop", "__version__", "figures", "open_lake", "read"]


def __getattr__(name: str) -> Any:
    """The notebook's door, loaded when it is first used: the command starts without it."""
    if name not in __all__:
        raise AttributeError(f"module 'regulars' has no attribute '{name}'")
    from regulars import notebook  # noqa: PLC0415 - loads the engines; the command must start at once

    return getattr(notebook, name)


def __dir__() -> list[str]:
    return sorted(__all__)
