"""Who may give what to whom: nobody gives more than they have."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.platform.core.rules.roles import GRANTS


def may_grant(*, role: str, markets: Sequence[str], new_role: str, new_markets: Sequence[str]) -> bool:
    """Whether someone of `role`, limited to `markets` (empty: all), may make somebody else what is new.

    An unknown role is granted by nobody.
    """
    if role not in GRANTS or new_role not in GRANTS:
        return False
    rights = GRANTS[new_role] <= GRANTS[role]
    reach = not markets or (bool(new_markets) and set(new_markets) <= set(markets))
    return rights and reach
