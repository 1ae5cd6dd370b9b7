"""An import's summary as JSON and back. Its texts keep their form and values, so that any language can say them later."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from regulars.sources import ImportSummary, Message


def kept(summary: ImportSummary) -> dict[str, Any]:
    """The summary as plain values. Full addresses of customers and the server's folders are left out."""
    plain: dict[str, Any] = _plain(
        replace(
            summary,
            quality=tuple(replace(note, who="") for note in summary.quality),
            rejects_file=None,
        )
    )
    return plain


def summary_of(plain: dict[str, Any]) -> ImportSummary:
    """The summary that `kept` made plain. What a later release added has its standard value."""
    made: ImportSummary = _made(ImportSummary, plain)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"text": value.text, "where": value.where, "values": value.values}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date | Decimal) else value


def _made(kind: Any, plain: Any) -> Any:
    """A value of the declared type from its plain form."""
    if plain is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _made(next(one for one in get_args(kind) if one is not type(None)), plain)
    if origin is tuple:
        return tuple(_made(get_args(kind)[0], item) for item in plain)
    if origin is Literal:
        return plain
    if isinstance(plain, dict) and "text" in plain and kind is str:
        return Message(plain["text"], plain.get("where", ""), **plain.get("values", {}))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{f.name: _made(hints[f.name], plain[f.name]) for f in fields(kind) if f.name in plain})
    if kind is date:
        return date.fromisoformat(plain)
    return Decimal(plain) if kind is Decimal else plain
