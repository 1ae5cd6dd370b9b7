"""An orders file that nobody described, as a mapping: what each column is, and what had to be taken for granted."""

from __future__ import annotations

import duckdb
from babel.core import get_global
from babel.numbers import get_territory_currencies

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.field_words import BY_ITS_CONTENT, BY_ITS_NAME
from regulars.sources.formats.generic import states
from regulars.sources.formats.generic.amounts import Amounts, find_amounts, value
from regulars.sources.formats.generic.columns import Found, find_columns
from regulars.sources.formats.generic.contacts import contacts
from regulars.sources.formats.generic.profile import Profile, profiles
from regulars.sources.formats.generic.unfold import unfold
from regulars.sources.loading.options import LoadOptions
from regulars.sources.mapping.model import Feed, FileRule, Mapping, Value
from regulars.sources.messages import BY_NAME, CURRENCY_TAKEN, ID_OF_CUSTOMER, Message
from regulars.sources.reading.countries import country_of
from regulars.sources.reading.currencies import CODES
from regulars.sources.reading.raw import WHOLE, RawTable
from regulars.sources.reading.typed import stored_name

_DO = "Rename the column, or say which is which in a mapping: --mapping FILE (docs/mapping.md)."
_PLAIN = ("email", "phone", "name", "country", "billing_country", "channel", "payment_method", "fulfilment_state",
          "refunded_at", "cancelled_at", "cancelled", "test", "external_id", "consent_email", "consent_at")  # fmt: skip
# What stands in place of a customer's id where there was none.
_NOBODY = ("0", "0.0", "-1", "guest", "anonymous", "unknown", "none", "n/a", "#n/a", "not set", "(not set)", "walk-in", "walk in customer", "gast", "invité", "invitado", "gjest")  # fmt: skip


def recognise(con: duckdb.DuckDBPyConnection, raw: RawTable, options: LoadOptions) -> Mapping:
    """A mapping for an unknown orders file, or for a list of people with their consent.

    Raises InputError that names what is missing, or the columns between which it cannot choose, and the way out.
    """
    lines = unfold(con, raw)
    if lines is not None:
        try:
            made = lines.folded(con, _recognised(con, lines.raw, options, lines.inside))
        except InputError:  # without its lines the file may be an orders file all the same
            made = None
        if made is not None:
            return made
    return _recognised(con, raw, options)


def _recognised(
    con: duckdb.DuckDBPyConnection, raw: RawTable, options: LoadOptions, inside: frozenset[str] = frozenset()
) -> Mapping:
    """The mapping, with the columns of lines that stand `inside` each order known as such."""
    seen = profiles(con, raw)
    found = find_columns(raw, seen, inside)
    if (people := contacts(found, options)) is not None:
        return people
    _require_time(raw, found, seen)
    notes = _settle_customer(con, raw, found, seen)
    amounts = find_amounts(
        con, raw, found, seen, [c for n in ("status", "payment_state") if (c := found.get(n))], inside
    )
    currency = _currency(con, raw, found, seen, amounts, options)
    columns = {name: Value("column", (found.columns[name],)) for name in _PLAIN if name in found}
    columns |= amounts.order
    columns |= _time_fields(found, seen)
    columns["order_id"] = _order_number(found)
    if "customer_id" in found:
        columns["customer_id"] = _customer(con, raw, found.columns["customer_id"])
    if "currency" in found:
        columns["currency"] = Value("column", (found.columns["currency"],))
    said = states.find_states(con, raw, found, amounts)
    columns |= said.columns
    amounts, columns = _as_lines(found, amounts, columns)
    feed = Feed(
        "orders", "file", tuple(columns.items()), tuple(amounts.lines.items()) if amounts.by_line else (),
        grain="line" if amounts.by_line else "order", where=said.where, signed=True, sums=tuple(amounts.sums),
    )  # fmt: skip
    feeds = (feed, *states.refunds(feed, said)) if said.refund_rows else (feed,)
    return Mapping(
        "generic orders", (FileRule("file"),), feeds, currency=currency, day_first=options.day_first,
        found=tuple(found.how.items()), notes=tuple(notes + amounts.notes + said.notes + _currency_note(found, currency, options)),
    )  # fmt: skip


def _require_time(raw: RawTable, found: Found, seen: dict[str, Profile]) -> None:
    if "at" in found:
        return
    free = [c for c, p in seen.items() if p.time >= 0.9 and c not in found.columns.values()]
    could = f" It could be: {', '.join(free)}." if free else ""
    raise InputError(
        f"No column was recognised as the date of the order.{could} The columns are: {', '.join(raw.names[:20])}.",
        where=raw.where,
        do=_DO,
    )


def _settle_customer(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, seen: dict[str, Profile]
) -> list[str]:
    """Make sure that somebody is named; a bare `id` that comes back with other days is a customer's."""
    if not any(name in found for name in ("customer_id", "email", "phone")):
        order = found.get("order_id")
        if (
            order is not None
            and found.ranks["order_id"] >= 9
            and _comes_back(con, raw, order, found.columns["at"])
        ):
            found.drop("order_id")
            found.take("customer_id", order, BY_ITS_CONTENT)
            return [Message(ID_OF_CUSTOMER, column=order)]
        if "name" in found:
            name = found.columns.pop("name")
            found.take("customer_id", name, BY_ITS_NAME)
            return [Message(BY_NAME, column=name)]
        raise InputError(
            f"No column says who the customer is (an id, an e-mail or a phone); the columns are: {', '.join(raw.names[:20])}.",
            where=raw.where,
            do="Export the orders with their customers, or say which column it is in a --mapping FILE (docs/mapping.md).",
        )
    customer = found.get("customer_id")
    if customer is not None and seen[customer].person > 0.6 and "email" not in found:
        return [Message(BY_NAME, column=customer)]
    if customer is not None and seen[customer].person > 0.6:
        found.drop("customer_id")
        if "name" not in found:
            found.take("name", customer, BY_ITS_NAME)
    return []


def _comes_back(con: duckdb.DuckDBPyConnection, raw: RawTable, number: str, at: str) -> bool:
    rows = con.execute(
        f"SELECT 1 FROM (FROM {quoted(raw.relation)} LIMIT 100000) GROUP BY {quoted(number)} "
        f"HAVING count(DISTINCT left({quoted(at)}::VARCHAR, 10)) > 1 LIMIT 1"
    ).fetchall()
    return bool(rows)


def _time_fields(found: Found, seen: dict[str, Profile]) -> dict[str, Value]:
    """When an order was placed: an instant or a day; a time of day in a column of its own makes both."""
    column = found.columns["at"]
    day = Value("column", (column,))
    with_time = seen[column].clock >= 0.5
    if "clock" in found and (not with_time or seen[column].midnight >= 0.99):
        return {"at": Value("day_and_time", (column, found.columns["clock"])), "local_day": day}
    found.drop("clock")
    return {"at" if with_time else "local_day": day}


def _order_number(found: Found) -> Value:
    if "order_id" in found:
        return Value("column", (found.columns["order_id"],))
    # The same purchase gets the same number again, so that importing twice changes nothing.
    who = next(found.columns[name] for name in ("customer_id", "email", "phone") if name in found)
    when = " ".join(f"{{{found.columns[name]}}}" for name in ("at", "clock") if name in found)
    return Value("text", (f"{{{who}}} {when}",))


def _customer(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> Value:
    # Compared as they are usually spelt: folding each of ten million ids would take longer than all the rest.
    number = raw.columns.index(raw[column])
    if raw[column].type in WHOLE or raw[column].stored in WHOLE:
        test = f"{quoted(stored_name(number) if raw[column].stored else column)} IN (0, -1)"
    else:
        spelt = dict.fromkeys(s for word in _NOBODY for s in (word, word.capitalize(), word.upper()))
        test = f"{quoted(column)}::VARCHAR IN ({', '.join(map(literal, spelt))})"
    nobody = con.execute(
        f"SELECT DISTINCT {quoted(column)}::VARCHAR FROM {quoted(raw.relation)} WHERE {test}"
    ).fetchall()
    return Value("column", (column,), values=tuple((word, "") for (word,) in nobody))


def _as_lines(found: Found, amounts: Amounts, columns: dict[str, Value]) -> tuple[Amounts, dict[str, Value]]:
    """Without order numbers, the rows of one customer at one time are the lines of one order."""
    if "order_id" in found or amounts.by_line:
        return amounts, columns
    total = columns.get("total") or columns.get("goods") or columns.get("subtotal")
    amounts.by_line = True
    if total is not None:
        amounts.lines["amount"] = total
        columns = {n: v for n, v in columns.items() if n not in ("total", "goods", "subtotal", "units")}
    for name in ("product", "category"):
        if name in found:
            amounts.lines[name] = value(found, found.columns[name])
    amounts.sums += [name for name in ("tax", "shipping", "discount", "refunded", "cost") if name in columns]
    return amounts, columns


def _currency(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, seen: dict[str, Profile], amounts: Amounts,
    options: LoadOptions,
) -> str | None:  # fmt: skip
    """The currency of amounts that name none: as their column's name or their sign says, as given, or of the one country."""
    if "currency" in found:
        return None
    money = [v.parts[0] for n, v in (*amounts.order.items(), *amounts.lines.items())
             if n not in ("quantity", "units", "product", "category")]  # fmt: skip
    named = {found.codes[c] for c in money if c in found.codes}
    signs = {seen[c].sign for c in money if c in seen and seen[c].sign}
    stated = named or {sign for sign in signs if sign in CODES}
    if len(stated) == 1:
        return next(iter(stated))
    if "mixed" in signs or len(stated) > 1:
        raise InputError(
            "The amounts are in several currencies, and no column says which.", where=raw.where,
            do="Export the file with a currency column, or split it by currency.",
        )  # fmt: skip
    if options.currency is not None:
        return None
    code = _of_one_country(con, raw, found)
    if code is not None:
        return code
    sign = f" The sign '{next(iter(signs))}' stands for several." if signs else ""
    raise InputError(
        f"The file does not say in which currency its amounts are.{sign}", where=raw.where,
        do="Say it, for example: --currency EUR",
    )  # fmt: skip


def _of_one_country(con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found) -> str | None:
    column = found.get("country") or found.get("billing_country")
    if column is None:
        return None
    rows = con.execute(
        f"SELECT DISTINCT trim({quoted(column)}::VARCHAR) FROM {quoted(raw.relation)} LIMIT 50"
    ).fetchall()
    codes = {country_of(row[0]) for row in rows if row[0]}
    code = codes.pop() if len(codes) == 1 else None
    if code is None or code not in get_global("territory_currencies"):
        return None
    now = get_territory_currencies(code)
    return str(now[0]) if now else None


def _currency_note(found: Found, currency: str | None, options: LoadOptions) -> list[str]:
    if currency is None or "currency" in found or options.currency == currency:
        return []
    return [Message(CURRENCY_TAKEN, currency=currency)]
