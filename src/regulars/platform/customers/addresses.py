"""Who can be written to at all: customers with an e-mail address, in sets."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from regulars.platform.customers.models import Contact

_ROWS = 20_000
_LONGEST = 254  # RFC 5321: a longer one reaches nobody


def with_address() -> pa.Array:
    """The numbers, sorted, of customers with an e-mail address; an address of a merged customer is that of the one it is."""
    rows = Contact.objects.exclude(email="").values_list("customer_id", "customer__alias__into", "email")
    found: list[pa.Array] = []
    chunk: list[tuple[int, int | None, str]] = []
    for row in rows.iterator(chunk_size=_ROWS):
        chunk.append(row)
        if len(chunk) == _ROWS:
            found.append(_numbers(chunk))
            chunk = []
    if chunk:
        found.append(_numbers(chunk))
    numbers = pa.chunked_array(found, pa.int64()).combine_chunks()
    return pc.unique(numbers.take(pc.sort_indices(numbers)))


def _numbers(rows: list[tuple[int, int | None, str]]) -> pa.Array:
    own, into, emails = zip(*rows, strict=True)
    numbers = pc.coalesce(pa.array(into, pa.int64()), pa.array(own, pa.int64()))
    return numbers.filter(pc.less_equal(pc.utf8_length(pa.array(emails, pa.string())), _LONGEST))
