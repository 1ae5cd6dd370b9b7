"""Column names: what the file says, made unique and never empty."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.sources.reading.raw import ROW, TEXT, RawColumn

_UNSEEN = str.maketrans(
    {"\ufeff": "", "\u200b": "", "\u00a0": " ", "\n": " ", "\r": " ", "\t": " ", "\0": ""}
)


def unique_columns(header: Sequence[str], types: Sequence[str] | None = None) -> tuple[RawColumn, ...]:
    """Columns with unique names. A repeated name gets _2, _3, ...; an empty one is called column_<position>.

    Names that differ only in capitals count as repeated, as SQL takes them for one.
    """
    taken: set[str] = {ROW}
    columns = []
    for position, original in enumerate(header, start=1):
        base = " ".join(original.translate(_UNSEEN).split()) or f"column_{position}"
        name, times = base, 1
        while name.casefold() in taken:
            times += 1
            name = f"{base}_{times}"
        taken.add(name.casefold())
        columns.append(RawColumn(name, original, types[position - 1] if types else TEXT))
    return tuple(columns)


def repeated(columns: Sequence[RawColumn]) -> tuple[str, ...]:
    """The names that the file gives to more than one column."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for column in columns:
        key = column.original.strip().casefold()
        if key and key in seen:
            twice[column.original.strip()] = None
        seen.add(key)
    return tuple(twice)
