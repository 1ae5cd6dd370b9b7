"""Definitions as TOML, both ways. An unknown or a wrong setting is named with what would be right."""

from __future__ import annotations

import difflib
import json
import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from regulars.kernel import definitions as kernel
from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market
from regulars.kernel.periods import GRAINS

# The names that the annotations of the kernel's dataclasses use.
_NAMES = {**vars(kernel), "Market": Market, "Any": Any, "GRAINS": GRAINS}
_PAIRS = tuple[tuple[str, Decimal], ...]  # written as a table: name = "share"


def from_toml(text: str, *, where: str = "definitions.toml") -> Definitions:
    """Read definitions. Raises InputError naming the setting, what is wrong with it and what it may be."""
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise InputError(
            f"This is no TOML: {broken}", where=where, do="Mend the line that is named."
        ) from None
    definitions: Definitions = _dataclass(Definitions, plain, where, "")
    return definitions


def to_toml(definitions: Definitions) -> str:
    """Write definitions: every setting that differs from its default, and the format."""
    lines = [
        "# Settings that change figures. `regulars doctor` checks this file; what is not named has its default.",
        f"format = {definitions.format}",
    ]
    tables: list[str] = []
    for field in fields(definitions):
        value = getattr(definitions, field.name)
        if field.name == "format" or (field.default is not MISSING and value == field.default):
            continue
        if is_dataclass(value):
            tables += _table(field.name, value)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for item in value:
                tables += ["", f"[[{field.name}]]", *_lines(item)]
        else:
            lines.append(f"{field.name} = {_literal(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _table(name: str, value: Any) -> list[str]:
    lines = ["", f"[{name}]", *_lines(value)]
    for field in fields(value):
        pairs = getattr(value, field.name)
        if isinstance(pairs, tuple) and pairs and isinstance(pairs[0], tuple):
            lines += ["", f"[{name}.{field.name}]", *(f"{_literal(k)} = {_literal(v)}" for k, v in pairs)]
    return lines


def _lines(value: Any) -> list[str]:
    pairs = [(f.name, getattr(value, f.name)) for f in fields(value)]
    return [
        f"{name} = {_literal(item)}"
        for name, item in pairs
        if item is not None and not (isinstance(item, tuple) and (not item or isinstance(item[0], tuple)))
    ]


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    # JSON's escapes are TOML's, except for DEL, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _dataclass(kind: Any, plain: Any, where: str, path: str) -> Any:
    if not isinstance(plain, dict):
        raise _wrong(where, path, plain, "a table of settings")
    hints = get_type_hints(kind, _NAMES)
    known = [field.name for field in fields(kind)]
    for name in plain:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            do = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
            raise InputError(f"There is no setting '{_join(path, name)}'.", where=where, do=do)
    missing = [f.name for f in fields(kind) if f.default is MISSING and f.name not in plain]
    if missing:
        raise InputError(f"'{path}' lacks {', '.join(missing)}.", where=where, do="Add it.")
    return kind(**{n: _value(hints[n], item, where, _join(path, n)) for n, item in plain.items()})


def _value(kind: Any, plain: Any, where: str, path: str) -> Any:
    if kind == _PAIRS:
        if not isinstance(plain, dict):
            raise _wrong(where, path, plain, 'a table such as {"tea" = "0.4"}')
        return tuple((n, _value(Decimal, item, where, _join(path, n))) for n, item in plain.items())
    origin, choices = get_origin(kind), get_args(kind)
    if origin is Literal:
        if plain not in choices:
            raise _wrong(where, path, plain, "one of " + ", ".join(map(str, choices)))
        return plain
    if origin in (Union, types.UnionType):
        return _value(next(c for c in choices if c is not type(None)), plain, where, path)
    if origin is tuple:
        if not isinstance(plain, list):
            raise _wrong(where, path, plain, "a list")
        return tuple(_value(choices[0], item, where, f"{path}[{n}]") for n, item in enumerate(plain, 1))
    if is_dataclass(kind):
        return _dataclass(kind, plain, where, path)
    return _scalar(kind, plain, where, path)


def _scalar(kind: Any, plain: Any, where: str, path: str) -> Any:
    if kind is Decimal and isinstance(plain, str | int | float) and not isinstance(plain, bool):
        try:
            return Decimal(str(plain))
        except InvalidOperation:
            raise _wrong(where, path, plain, 'a number such as "0.4"') from None
    expected = {bool: "true or false", int: "a whole number", str: "a text", date: "a day such as 2024-01-31"}
    if type(plain) is not kind:
        raise _wrong(where, path, plain, expected.get(kind, 'a number such as "0.4"'))
    return plain


def _wrong(where: str, path: str, plain: Any, wanted: str) -> InputError:
    return InputError(f"'{path}' is {plain!r}.", where=where, do=f"It must be {wanted}.")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
