"""Dataclasses from the plain values that `as_plain` made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")


def from_plain(kind: type[_T], plain: Mapping[str, Any]) -> _T:
    """The dataclass that `as_plain(value)` came from. What was left out is None, or its default.

    Raises KeyError for a field that is missing and can be neither.
    """
    shape: Any = kind  # a class is hashable, whatever its instances are
    known = {}
    for name, hint in _fields(shape).items():
        if name in plain:
            known[name] = _value(hint, plain[name])
        elif type(None) in get_args(hint):
            known[name] = None
        elif name in _needed(shape):
            raise KeyError(name)
    return kind(**known)


@cache
def _fields(kind: type[Any]) -> dict[str, Any]:
    """Type by field, of those that the constructor takes."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


@cache
def _needed(kind: type[Any]) -> frozenset[str]:
    return frozenset(
        field.name
        for field in fields(kind)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    )


def _value(hint: Any, plain: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(one for one in inner if one is not type(None)), plain)
    if origin is tuple:
        return tuple(_value(inner[0], one) for one in plain)
    if origin in (dict, Mapping):
        return {name: _value(inner[1], one) for name, one in plain.items()}
    if hint is Decimal:
        return Decimal(plain)
    if hint is date:
        return date.fromisoformat(plain)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, plain)
    return plain
