"""Who is the same customer, decided in sets: from what rows claim (id, e-mail, phone) to customer numbers.

1. Distinct claims of all staged tables; addresses are normalised and judged (relay, shared, placeholder, house).
2. A claim is identified by the source's id, else its e-mail, else its phone.
3. An id is linked to one e-mail: its most frequent one that no other id of the same source uses. Claims by that
   e-mail, in any source, are the same customer. So a customer has at most one id a source that was found by e-mail:
   ids are never merged on a weaker identifier, and links make stars, not chains.
4. Known identifiers keep their number; new ones are numbered in the order of their text, so that neither the order
   of rows nor the number of threads matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from regulars.kernel.definitions import Definitions
from regulars.lake.bits import each_once
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.identity.addresses import SHARED_IDS, SHARED_NAMES, kind_of_address, normalised
from regulars.sources.identity.consents import agreed
from regulars.sources.identity.contacts import reached
from regulars.sources.identity.forgetting import remember_aside, set_aside
from regulars.sources.identity.phones import read_phones
from regulars.sources.identity.resolver import Book, KeepsConsents, KeepsContacts, Resolver

CLAIMED = ("customer_id", "email", "phone")
WHO = "who"  # table (source, customer_id, email, phone, country, identifier, address, trouble, n, customer)


@dataclass(frozen=True)
class Claims:
    """A staged table whose rows claim to be of somebody: `columns` are those of CLAIMED that it has.

    `source`: the only one of its rows, if there is one. `number`: a column with the customer's id as a number, where
    it always is one. `consents`: the columns that state consent, which was given at the first of `moments` that is there.
    """

    table: str
    columns: tuple[str, ...]
    has_name: bool
    has_country: bool
    source: str | None = None
    number: str | None = None
    consents: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()


def resolve(
    con: duckdb.DuckDBPyConnection, claims: list[Claims], resolver: Resolver, definitions: Definitions
) -> int:
    """Make the table `who` of all distinct claims with their customer number; returns how many numbers are new."""
    _collect(con, claims)
    _judge(con, claims, definitions)
    _identify(con, definitions)
    with resolver.session(con) as book:
        aside = set_aside(con, claims, book, join_who)
        # Without addresses nobody can be known under two identifiers of one source.
        by_id = all(one.columns == ("customer_id",) for one in claims)
        if not by_id:
            _group(con)
        new = _number_ids(con, book) if by_id else _number(con, book)
        # Who was erased and has not come back stands below 0 until their facts are taken out (forget_older).
        nobody = "CASE WHEN c.away THEN -c.person END" if aside else "NULL"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {WHO} AS SELECT c.*, coalesce(n.customer, {nobody}) AS customer "
            "FROM who_identified c LEFT JOIN who_numbers n USING (identifier)"
        )
        if aside:
            remember_aside(con)
        if isinstance(book, KeepsContacts):
            reached(con, [(one, join_who(one, "s")) for one in claims], "who_reached")
            book.contacts("who_reached")
        if isinstance(book, KeepsConsents) and agreed(
            con, [(one, join_who(one, "s")) for one in claims if one.consents], "who_agreed"
        ):
            book.consents("who_agreed")
    return new


def join_who(claims: Claims, alias: str, *, who: str = WHO) -> str:
    """The SQL join that finds the `who` row, to be known as `who`, of each row of a staged table known as `alias`."""
    same = [f"{who}.source = {alias}.source"]
    for column in (*CLAIMED, "country"):
        if column in _used(claims):
            same.append(f"{who}.{column} IS NOT DISTINCT FROM {alias}.{column}")
        else:
            same.append(f"{who}.{column} IS NULL")
    rows = WHO
    # A table with ids alone joins on the id alone, which is much the quickest.
    if claims.columns == ("customer_id",):
        same = [f"{who}.customer_id = {alias}.customer_id"]
        only = f" AND source = {literal(claims.source)}" if claims.source else ""
        rows = f"(FROM {WHO} WHERE plain{only})"
        if claims.number:
            as_number = "TRY_CAST(customer_id AS BIGINT)"
            rows = f"(SELECT *, {as_number} AS number FROM {rows} WHERE {as_number}::VARCHAR = customer_id)"
            same = [f"{who}.number = {alias}.{claims.number}"]
        if not claims.source:
            same.append(f"{who}.source = {alias}.source")
    return f"LEFT JOIN {rows} AS {who} ON {' AND '.join(same)}"


def join_customers(con: duckdb.DuckDBPyConnection, claims: Claims, alias: str) -> str:
    """As `join_who`, where `who.customer` alone is wanted, for a table whose every claim stands in `who`.

    For ids alone that are numbers: an inner join on a dense number is a look-up in an array, at a quarter of an outer join's
    time. Rows without an id meet a number that nobody has.
    """
    if not (claims.number and claims.source and claims.columns == ("customer_id",)):
        return join_who(claims, alias)
    as_number = "TRY_CAST(customer_id AS BIGINT)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE who_by_number AS SELECT {as_number} AS number, customer FROM {WHO} "
        f"WHERE plain AND source = {literal(claims.source)} AND {as_number}::VARCHAR = customer_id"
    )
    lowest: int | None = con.execute("SELECT min(number) FROM who_by_number").fetchall()[0][0]
    nobody = (lowest or 0) - 1
    if nobody < -(2**63):
        return join_who(claims, alias)
    con.execute(f"INSERT INTO who_by_number VALUES ({nobody}, NULL)")
    return f"JOIN who_by_number AS who ON who.number = coalesce({alias}.{claims.number}, {nobody}::BIGINT)"


def _used(claims: Claims) -> tuple[str, ...]:
    # The country only helps to read a national phone number.
    return (
        (*claims.columns, "country") if "phone" in claims.columns and claims.has_country else claims.columns
    )


def _collect(con: duckdb.DuckDBPyConnection, claims: list[Claims]) -> None:
    parts = []
    for one in claims:
        used = _used(one)
        chosen = ", ".join(quoted(c) if c in used else f"NULL::VARCHAR AS {c}" for c in (*CLAIMED, "country"))
        any_of = " OR ".join(f"{c} IS NOT NULL" for c in one.columns)
        if one.number and one.source and one.columns == ("customer_id",):
            # A number has one text. How often an id is claimed is asked of those with an address alone.
            ids = f"SELECT number::VARCHAR AS customer_id FROM ({each_once(con, one.number, quoted(one.table))})"
            parts.append(f"SELECT {literal(one.source)} AS source, {chosen}, 1::BIGINT AS n FROM ({ids})")
        elif one.number and one.columns == ("customer_id",):
            counted = f"SELECT source, {one.number}, count(*) AS n FROM {quoted(one.table)} GROUP BY ALL"
            ids = f"SELECT source, {one.number}::VARCHAR AS customer_id, n FROM ({counted})"
            parts.append(f"SELECT source, {chosen}, n FROM ({ids}) WHERE {any_of}")
        else:
            parts.append(
                f"SELECT source, {chosen}, count(*) AS n FROM {quoted(one.table)} WHERE {any_of} GROUP BY ALL"
            )
    if not parts:
        parts = [
            "SELECT ''::VARCHAR AS source, ''::VARCHAR AS customer_id, ''::VARCHAR AS email, "
            "''::VARCHAR AS phone, ''::VARCHAR AS country, 0::BIGINT AS n WHERE false"
        ]
    source = parts[0]
    if len(parts) > 1:
        source = (
            f"SELECT source, customer_id, email, phone, country, sum(n)::BIGINT AS n "
            f"FROM ({' UNION ALL '.join(parts)}) GROUP BY ALL"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE who_claims AS {source}")


def _judge(con: duckdb.DuckDBPyConnection, claims: list[Claims], definitions: Definitions) -> None:
    """Make `who_addresses` (source, email, address, trouble): each distinct address with what is wrong with it."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE who_addresses AS SELECT source, email, "
        f"{normalised('email')} AS address, count(DISTINCT customer_id) AS ids, 0::BIGINT AS names "
        "FROM who_claims WHERE email IS NOT NULL GROUP BY source, email"
    )
    named = [one.table for one in claims if one.has_name and "email" in one.columns]
    names = " UNION ALL ".join(
        f"SELECT source, {normalised('email')} AS address, lower(trim(name)) AS name FROM {quoted(t)} "
        "WHERE email IS NOT NULL AND name IS NOT NULL"
        for t in named
    )
    counted = (
        f"SELECT source, address, count(DISTINCT name) AS names FROM ({names}) GROUP BY ALL"
        if named
        else "SELECT ''::VARCHAR AS source, ''::VARCHAR AS address, 0::BIGINT AS names WHERE false"
    )
    house = _house_texts(definitions)
    is_house = (
        f"a.address IN {house} OR '@' || split_part(a.address, '@', 2) IN {house}" if house else "false"
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE who_judged AS
        WITH ids AS (
            SELECT c.source, a.address, count(DISTINCT c.customer_id) AS ids
            FROM who_claims c JOIN who_addresses a USING (source, email) WHERE a.address IS NOT NULL GROUP BY ALL),
        names AS ({counted})
        SELECT a.source, a.email, a.address, CASE
            WHEN {is_house} THEN 'house'
            WHEN {kind_of_address("a.address")} IS NOT NULL AND {kind_of_address("a.address")} <> 'role'
                THEN {kind_of_address("a.address")}
            WHEN ids.ids >= {SHARED_IDS} OR names.names >= {SHARED_NAMES} THEN 'shared'
            WHEN {kind_of_address("a.address")} = 'role' THEN 'role' END AS trouble
        FROM who_addresses a LEFT JOIN ids USING (source, address) LEFT JOIN names USING (source, address)"""
    )


def _house_texts(definitions: Definitions) -> str:
    words = [word.strip().lower() for word in definitions.house_accounts]
    return "(" + ", ".join(literal(word) for word in words) + ")" if words else ""


def _identify(con: duckdb.DuckDBPyConnection, definitions: Definitions) -> None:
    """Make `who_identified`: each claim with its identifier (null where it names nobody)."""
    con.execute("CREATE OR REPLACE TEMP TABLE who_phones (phone VARCHAR, country VARCHAR, e164 VARCHAR)")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE who_phoned AS SELECT c.phone, c.country FROM who_claims c "
        "LEFT JOIN who_judged j USING (source, email) WHERE c.phone IS NOT NULL AND c.customer_id IS NULL "
        "AND (j.address IS NULL OR j.trouble IN ('shared', 'placeholder'))"
    )
    read_phones(con, "who_phoned", "who_phones")
    house = _house_texts(definitions)
    house_id = (
        f"lower(c.customer_id) IN {house} OR lower(c.source || ':' || c.customer_id) IN {house}"
        if house
        else "false"
    )
    everywhere = "''" if definitions.one_email_is_one_customer else "c.source"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE who_identified AS
        SELECT c.*, j.address,
            CASE WHEN {house_id} THEN 'house' ELSE j.trouble END AS trouble,
            (c.email IS NULL AND c.phone IS NULL AND c.country IS NULL) AS plain,
            CASE WHEN j.address IS NULL OR j.trouble IN ('shared', 'placeholder', 'house') THEN NULL
                 WHEN j.trouble IN ('relay', 'role') THEN 'email:' || c.source || ':' || j.address
                 ELSE 'email:' || {everywhere} || ':' || j.address END AS by_email,
            CASE WHEN {house_id} OR j.trouble = 'house' THEN NULL
                 WHEN c.customer_id IS NOT NULL THEN 'id:' || c.source || ':' || c.customer_id
                 WHEN by_email IS NOT NULL THEN by_email
                 WHEN p.e164 IS NOT NULL THEN 'phone:' || {everywhere} || ':' || p.e164 END AS identifier
        FROM who_claims c LEFT JOIN who_judged j USING (source, email)
        LEFT JOIN who_phones p ON p.phone = c.phone AND p.country IS NOT DISTINCT FROM c.country"""
    )


def _group(con: duckdb.DuckDBPyConnection) -> None:
    """Make `who_groups` (identifier, source, star): identifiers with the same star are one customer."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who_pairs AS
        SELECT source, identifier, by_email, sum(n) AS n FROM who_identified
        WHERE by_email IS NOT NULL AND starts_with(identifier, 'id:') AND coalesce(trouble, '') NOT IN ('relay', 'role')
        GROUP BY ALL"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who_links AS
        WITH single AS (SELECT source, by_email FROM who_pairs GROUP BY ALL HAVING count(*) = 1)
        SELECT identifier, by_email AS star FROM who_pairs SEMI JOIN single USING (source, by_email)
        QUALIFY row_number() OVER (PARTITION BY identifier ORDER BY n DESC, by_email) = 1"""
    )
    # A second e-mail of exactly one id leads to that id's customer; of several ids it stays by itself.
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who_groups AS
        WITH second AS (
            SELECT by_email AS identifier, any_value(identifier) AS id FROM who_pairs
            WHERE by_email NOT IN (SELECT star FROM who_links) GROUP BY ALL HAVING count(*) = 1),
        every AS (
            SELECT DISTINCT identifier FROM who_identified WHERE identifier IS NOT NULL
            UNION SELECT by_email FROM who_pairs)
        SELECT every.identifier, coalesce(l.star, l2.star, s.id, every.identifier) AS star
        FROM every LEFT JOIN who_links l USING (identifier) LEFT JOIN second s USING (identifier)
        LEFT JOIN who_links l2 ON l2.identifier = s.id"""
    )


def _number(con: duckdb.DuckDBPyConnection, book: Book) -> int:
    """Make `who_numbers` (identifier, customer) and teach the book what was unknown."""
    book.known("who_groups", "who_known")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who_star AS
        SELECT star, min(customer) AS customer FROM who_groups JOIN who_known USING (identifier) GROUP BY star"""
    )
    book.ids_of("who_star", "who_taken")
    # An id that is new does not take a number under which its source already knows another id.
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who_open AS
        SELECT g.identifier, g.star, s.customer AS offered, t.customer IS NOT NULL AS refused
        FROM who_groups g ANTI JOIN who_known USING (identifier)
        LEFT JOIN who_star s USING (star)
        LEFT JOIN who_taken t ON t.customer = s.customer AND starts_with(g.identifier, 'id:')
            AND t.source = split_part(g.identifier, ':', 2)"""
    )
    highest = book.highest()
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE who_fresh AS
        WITH wanting AS (
            SELECT identifier, offered, CASE WHEN refused THEN identifier ELSE star END AS star, refused FROM who_open),
        numbered AS (
            SELECT star, {highest} + row_number() OVER (ORDER BY star) AS customer
            FROM (SELECT DISTINCT star FROM wanting WHERE refused OR offered IS NULL))
        SELECT w.identifier, coalesce(n.customer, w.offered)::BIGINT AS customer
        FROM wanting w LEFT JOIN numbered n ON n.star = w.star AND (w.refused OR w.offered IS NULL)"""
    )
    return _learn(con, book, highest)


def _number_ids(con: duckdb.DuckDBPyConnection, book: Book) -> int:
    """`_group` and `_number` where ids are all that is claimed: each is a customer by itself."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW who_ids AS SELECT identifier FROM who_identified WHERE identifier IS NOT NULL"
    )
    book.known("who_ids", "who_known")
    highest = book.highest()
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE who_fresh AS
        SELECT identifier, {highest} + row_number() OVER (ORDER BY identifier) AS customer
        FROM who_ids ANTI JOIN who_known USING (identifier)"""
    )
    return _learn(con, book, highest)


def _learn(con: duckdb.DuckDBPyConnection, book: Book, highest: int) -> int:
    """Make `who_numbers` of what was known and what is fresh, which the book learns; how many customers are new."""
    book.learn("who_fresh")
    con.execute("CREATE OR REPLACE TEMP TABLE who_numbers AS FROM who_known UNION ALL FROM who_fresh")
    found = con.execute(
        f"SELECT count(DISTINCT customer) FROM who_fresh WHERE customer > {highest}"
    ).fetchall()
    return int(found[0][0])
