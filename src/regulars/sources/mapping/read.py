"""TOML to a Mapping. Every mistake names the key where it stands and the nearest thing that was meant."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Dict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn, cast

from regulars.kernel.errors import InputError
from regulars.sources.mapping.fields import FED, LINE_FIELDS, fields_of, required_of
from regulars.sources.mapping.model import (
    LINE_KINDS,
    SUMMED,
    Classify,
    Compose,
    Condition,
    Feed,
    FileRule,
    Grain,
    Join,
    Mapping,
    Value,
)

_UNITS = {
    "whole": Decimal(1),
    "cents": Decimal("0.01"),
    "thousands": Decimal(1000),
    "millions": Decimal(10**6),
}
_COMPOSE = ("column", "value", "first_of", "times", "plus", "minus", "text", "sum", "day_and_time")
_MODIFIERS = ("pattern", "values", "otherwise", "unit", "negate", "format", "zone")
_TOP = ("name", "zone", "currency", "day_first", "decimal", "tolerant", "files", "facts")
_FEED = (
    "table", "file", "grain", "export", "each", "join", "where", "columns", "lines", "classify", "refund", "left_out", "signed", "sums",
)  # fmt: skip


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises InputError with file and key."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The mapping cannot be read: {error}", where=str(path), do="Give a TOML file in UTF-8."
        ) from None
    return parse_mapping(text, where=path.name)


def parse_mapping(text: str, *, where: str) -> Mapping:
    """The mapping in a TOML text; `where` names it in errors."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"This is no valid TOML: {error}", where=where, do="See docs/mapping.md for an example."
        ) from None
    return _Reader(where).mapping(content)


class _Reader:
    """Walks the TOML with the path of keys at hand, so that errors can name it."""

    def __init__(self, where: str) -> None:
        self._where = where

    def mapping(self, content: dict[str, Any]) -> Mapping:
        self._known(content, _TOP, "")
        files = tuple(self._file(name, rule) for name, rule in self._table(content, "files", "").items())
        feeds = content.get("facts", [])
        if not isinstance(feeds, list) or not feeds:
            self._fail("facts", "at least one [[facts]] is needed: it says which fact table is fed.")
        names = [rule.name for rule in files]
        read = tuple(self._feed(feed, f"facts[{n}]", names) for n, feed in enumerate(feeds, start=1))
        return Mapping(
            name=self._text(content, "name", "") or "mapping",
            files=files or (FileRule("file"),),
            feeds=read,
            zone=self._text(content, "zone", ""),
            currency=self._text(content, "currency", ""),
            day_first=self._flag(content, "day_first", ""),
            tolerant=self._flag(content, "tolerant", "") or False,
            decimal=cast(Any, self._choice(content, "decimal", "", (".", ","))),
        )

    def _file(self, name: str, rule: Any) -> FileRule:
        at = f"files.{name}"
        if isinstance(rule, str):
            return FileRule(name, match=rule)
        if not isinstance(rule, dict):
            self._fail(at, "a pattern such as 'orders*.csv' or a table with `match` is needed.")
        self._known(rule, ("match", "sheet", "needs"), at)
        return FileRule(
            name, self._text(rule, "match", at), self._text(rule, "sheet", at), self._texts(rule, "needs", at)
        )

    def _feed(self, feed: Any, at: str, files: list[str]) -> Feed:
        if not isinstance(feed, dict):
            self._fail(at, "a [[facts]] table is needed.")
        self._known(feed, _FEED, at)
        table = self._choice(feed, "table", at, FED)
        if table is None:
            self._fail(at, "`table` is missing: it names the fact table that is fed.")
        columns = self._values(feed, "columns", at, fields_of(table))
        lines = self._values(feed, "lines", at, LINE_FIELDS)
        grain = cast(
            Grain, self._choice(feed, "grain", at, ("order", "line")) or ("line" if lines else "order")
        )
        self._check_required(table, columns, at)
        file = self._choice(feed, "file", at, files or ["file"]) or (files or ["file"])[0]
        return Feed(
            table=table,
            file=file,
            columns=columns,
            lines=lines,
            joins=tuple(
                self._join(n, on, f"{at}.join.{n}", files) for n, on in self._table(feed, "join", at).items()
            ),
            where=tuple(self._condition(c, f"{at}.where") for c in self._list(feed, "where", at)),
            grain=grain,
            export=self._text(feed, "export", at),
            each=self._text(feed, "each", at),
            classify=self._classify(feed, at),
            refund=self._texts(feed, "refund", at),
            left_out=self._texts(feed, "left_out", at),
            signed=self._flag(feed, "signed", at) or False,
            sums=self._sums(feed, at),
        )

    def _sums(self, feed: dict[str, Any], at: str) -> tuple[str, ...]:
        names = self._texts(feed, "sums", at)
        for name in names:
            if name not in SUMMED:
                self._fail(f"{at}.sums", f"'{name}' cannot be added up.{_near(name, SUMMED)}")
        return names

    def _check_required(self, table: str, columns: tuple[tuple[str, Value], ...], at: str) -> None:
        given = {name for name, _ in columns}
        for name in required_of(table):
            # An instant may be given as a day, and the other way round.
            stands_in = {"at": "local_day", "local_day": "at"}.get(name)
            if name not in given and stands_in not in given:
                self._fail(f"{at}.columns", f"'{name}' is missing: without it a row is no fact of `{table}`.")

    def _values(
        self, feed: dict[str, Any], key: str, at: str, fields: Dict[str, object]
    ) -> tuple[tuple[str, Value], ...]:
        table = self._table(feed, key, at)
        self._known(table, fields, f"{at}.{key}")
        return tuple((name, self._value(spec, f"{at}.{key}.{name}")) for name, spec in table.items())

    def _value(self, spec: Any, at: str) -> Value:
        if isinstance(spec, str):
            return Value("column", (spec,))
        if not isinstance(spec, dict):
            self._fail(at, "a column name or a table such as { value = 'EUR' } is needed.")
        self._known(spec, _COMPOSE + _MODIFIERS, at)
        ways = [way for way in _COMPOSE if way in spec]
        if len(ways) != 1:
            self._fail(at, f"exactly one of {', '.join(_COMPOSE)} is needed.")
        parts = spec[ways[0]]
        listed = [parts] if not isinstance(parts, list) else parts
        if not listed or not all(isinstance(part, str | int | float | bool) for part in listed):
            self._fail(f"{at}.{ways[0]}", "a text or a list of column names is needed.")
        return Value(
            how=cast(Compose, ways[0]),
            parts=tuple(_plain(part) for part in listed),
            pattern=self._text(spec, "pattern", at),
            values=tuple((k, _plain(v)) for k, v in self._table(spec, "values", at).items()),
            otherwise=self._text(spec, "otherwise", at),
            unit=self._unit(spec, at),
            negate=self._flag(spec, "negate", at) or False,
            format=self._text(spec, "format", at),
            zone=self._text(spec, "zone", at),
        )

    def _unit(self, spec: dict[str, Any], at: str) -> Decimal:
        unit = spec.get("unit", "whole")
        if isinstance(unit, str) and unit in _UNITS:
            return _UNITS[unit]
        try:
            return Decimal(str(unit))
        except InvalidOperation:
            self._fail(f"{at}.unit", f"'{unit}' is no unit.{_near(str(unit), _UNITS)} A number is fine too.")

    def _join(self, file: str, on: Any, at: str, files: list[str]) -> Join:
        if file not in files:
            self._fail(at, f"no file is called '{file}'.{_near(file, files)}")
        if not isinstance(on, dict) or not on:
            self._fail(at, "say which columns are equal: { their_column = 'our_column' }.")
        return Join(file, tuple((there, str(here)) for there, here in on.items()))

    def _condition(self, condition: Any, at: str) -> Condition:
        if not isinstance(condition, dict):
            self._fail(at, "a condition such as { column = 'Status', none_of = ['draft'] } is needed.")
        self._known(condition, ("column", "one_of", "none_of", "like", "not_like", "empty"), at)
        column = self._text(condition, "column", at)
        if column is None:
            self._fail(at, "`column` is missing.")
        return Condition(
            column,
            self._texts(condition, "one_of", at),
            self._texts(condition, "none_of", at),
            self._texts(condition, "like", at),
            self._texts(condition, "not_like", at),
            self._flag(condition, "empty", at),
        )

    def _classify(self, feed: dict[str, Any], at: str) -> tuple[Classify, ...]:
        table = self._table(feed, "classify", at)
        self._known(table, LINE_KINDS, f"{at}.classify")
        return tuple(Classify(kind, self._texts(table, kind, f"{at}.classify")) for kind in table)

    # The small readers: each takes the table, the key and where the table stands.

    def _known(self, table: Dict[str, Any], allowed: Iterable[str], at: str) -> None:
        names = list(allowed)
        for key in table:
            if key not in names:
                self._fail(f"{at}.{key}".lstrip("."), f"'{key}' is not known here.{_near(key, names)}")

    def _table(self, table: dict[str, Any], key: str, at: str) -> dict[str, Any]:
        found = table.get(key, {})
        if not isinstance(found, dict):
            self._fail(f"{at}.{key}".lstrip("."), "a table is needed.")
        return found

    def _list(self, table: dict[str, Any], key: str, at: str) -> list[Any]:
        found = table.get(key, [])
        return found if isinstance(found, list) else [found]

    def _text(self, table: dict[str, Any], key: str, at: str) -> str | None:
        found = table.get(key)
        if found is not None and not isinstance(found, str):
            self._fail(f"{at}.{key}".lstrip("."), "a text in quotes is needed.")
        return found

    def _texts(self, table: dict[str, Any], key: str, at: str) -> tuple[str, ...]:
        found = self._list(table, key, at)
        if not all(isinstance(item, str) for item in found):
            self._fail(f"{at}.{key}", "texts in quotes are needed.")
        return tuple(found)

    def _flag(self, table: dict[str, Any], key: str, at: str) -> bool | None:
        found = table.get(key)
        if found is not None and not isinstance(found, bool):
            self._fail(f"{at}.{key}".lstrip("."), "true or false is needed, without quotes.")
        return found

    def _choice(self, table: dict[str, Any], key: str, at: str, allowed: Iterable[str]) -> str | None:
        found = self._text(table, key, at)
        names = list(allowed)
        if found is not None and found not in names:
            self._fail(
                f"{at}.{key}".lstrip("."), f"'{found}' is not one of {', '.join(names)}.{_near(found, names)}"
            )
        return found

    def _fail(self, at: str, what: str) -> NoReturn:
        raise InputError(what, where=f"{self._where}, key {at}", do="docs/mapping.md lists every key.")


def _plain(value: Any) -> str:
    """A TOML scalar as the text that would stand in a file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
