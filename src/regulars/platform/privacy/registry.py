"""Where data of a person stands: each context registers its places, and everything here asks them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Person:
    """Somebody, by all numbers and all that names them: `identifiers` as sources/identity has them, `texts` as people write
    them (names, addresses, telephone numbers)."""

    numbers: tuple[int, ...]
    identifiers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A place that may hold data of a person. `where` counts records, `export` gives tables by name, `erase` removes and
    returns how many; all are safe to repeat. `remains`: what stays there, and why; empty where nothing does."""

    name: str
    label: str | Promise
    where: Callable[[Person], int]
    export: Callable[[Person], dict[str, Rows]]
    erase: Callable[[Person], int]
    remains: str | Promise = ""


_PLACES: dict[str, Place] = {}
_FINDERS: list[Callable[[tuple[int, ...]], Person]] = []
_RETURNED: list[Callable[[], list[tuple[int, list[int]]]]] = []


def register(place: Place) -> None:
    """Make a place known; called from a context's wiring. Places are erased in this order."""
    _PLACES[place.name] = place


def register_finder(finder: Callable[[tuple[int, ...]], Person]) -> None:
    """Say how a person is put together from numbers; the context of customers does."""
    _FINDERS[:] = [finder]


def register_return(who: Callable[[], list[tuple[int, list[int]]]]) -> None:
    """Say who is known although they were erased, because a back-up brought them back: (tombstone, numbers)."""
    _RETURNED[:] = [who]


def came_back() -> list[tuple[int, list[int]]]:
    """Tombstones whose people are known again with facts of before, each with their numbers."""
    return _RETURNED[0]() if _RETURNED else []


def places() -> list[Place]:
    """All places; who somebody is comes last, so that an erasure that was broken off still finds them."""
    return sorted(_PLACES.values(), key=lambda place: place.name == IDENTITY)


def person_of(numbers: tuple[int, ...]) -> Person:
    """The person with these numbers, as far as they are still known."""
    return _FINDERS[0](numbers) if _FINDERS else Person(numbers)


IDENTITY = "identity"
