"""What goes with leaving, in words: a feature, the customers high and low in it, and the difference with its interval."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from regulars.charts import Words
from regulars.platform.web.feature_texts import FEATURES


def effects(found: list[dict[str, Any]], w: Words) -> list[dict[str, Any]]:
    """Lines of the table; those that chance may have made are left out."""
    return [_line(one, w) for one in found if one["stands_out"] and one["interval"] is not None]


def _line(one: dict[str, Any], w: Words) -> dict[str, Any]:
    low, high = one["interval"]
    return {
        "name": feature_words(one["words"]),
        "high": _group(one["above"], one["high_left"], w, at_least=True),
        "low": _group(one["below"], one["low_left"], w, at_least=False),
        "adjusted": w.points(100 * one["adjusted"]),
        "interval": _("%(low)s to %(high)s") % {"low": w.points(100 * low), "high": w.points(100 * high)},
        "towards": "bad" if one["adjusted"] > 0 else "good",
    }


def feature_words(english: str) -> str:
    """A feature's meaning; a text's value, or what another part brings, is shown as it comes."""
    return _(english) if english in FEATURES else english


def _group(edge: float | None, left: float, w: Words, *, at_least: bool) -> str:
    """'73%, from 208 on'; the share alone where a feature is a text's value."""
    share = w.percent(100 * left)
    if edge is None:
        return share
    value = w.number(edge, 0 if abs(edge) >= 10 or edge == round(edge) else 2)
    return (_("%(share)s, from %(value)s on") if at_least else _("%(share)s, up to %(value)s")) % {
        "value": value, "share": share,
    }  # fmt: skip
