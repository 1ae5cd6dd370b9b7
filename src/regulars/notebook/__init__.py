"""The door for notebooks: `read` files, `open_lake` a lake, `figures` lists what can be asked."""

from regulars.notebook.doors import figures, open_lake, read
from regulars.notebook.results import Figures
from regulars.notebook.shop import Shop

__all__ = ["Figures", "Shop", "figures", "open_lake", "read"]
