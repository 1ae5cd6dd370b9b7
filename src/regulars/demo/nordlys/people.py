"""Who buys: made-up people with a home country, a way to be recognised, and a personal rate of buying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.demo.nordlys.stores import BEGAN, COUNTRIES, LAST_DAY

PEOPLE = 14_000
SHARED_PEOPLE = 40  # colleagues behind one office address
DISCOUNT_LED = 0.24  # share of people whose first order had a discount
IN_TWO_STORES = 0.03  # share of people who buy in a second store too

_FIRST = {
    "NO": "Liv Jonas Ingrid Lars Solveig Emil Astrid Henrik Nora Oskar",
    "DE": "Lena Max Hannah Paul Greta Felix Clara Jonas Mia Anton",
    "AT": "Anna Lukas Sophie Tobias Marie Jakob Lea Simon Eva Florian",
    "RO": "Ana Andrei Ioana Mihai Elena Radu Maria Vlad Irina Matei",
    "BR": "Ana Pedro Beatriz Lucas Clara Rafael Julia Bruno Marina Tiago",
}
# Words for 'sample', so that nobody is meant.
_FAMILY = {
    "NO": "Eksempel Testesen Demo",
    "DE": "Muster Beispiel Probe",
    "AT": "Muster Beispiel Probe",
    "RO": "Exemplu Model Proba",
    "BR": "Exemplo Modelo Teste",
}
_DOMAINS = np.array(["brevkasse.example", "briefkasten.example", "posta.example"])
_LANGUAGES = {"NO": "nb", "DE": "de", "AT": "de", "RO": "ro", "BR": "pt-BR"}

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]
PLACES = tuple(COUNTRIES)  # a person's `home` and `away` are places in this tuple


@dataclass(frozen=True)
class People:
    """Columns by person. `away`: where they buy too (else `home`). `kind`: account, guest, phone, shared, relay.

    `joined`: first order, days since BEGAN. `rate`: orders a day. `discount_led`: whether the first had a discount.
    """

    home: Ints
    away: Ints
    kind: Texts
    joined: Ints
    rate: Numbers
    discount_led: Flags


def draw(rng: np.random.Generator) -> People:
    """Everyone, at once."""
    shares = np.array([share for _, share, *_ in COUNTRIES.values()])
    home = rng.choice(len(PLACES), PEOPLE, p=shares / shares.sum())
    growth = np.array([growth for _, _, growth, *_ in COUNTRIES.values()])[home]
    days, kind = (LAST_DAY - BEGAN).days, _kinds(rng, home)
    return People(
        home=home,
        away=np.where(np.isin(kind, ["account", "guest"]), _away(rng, home), home),
        kind=kind,
        joined=np.minimum((days + 1) * rng.random(PEOPLE) ** (1 / growth), days).astype(np.int64),
        rate=rng.gamma(2.2, 1 / 110, PEOPLE),
        discount_led=rng.random(PEOPLE) < DISCOUNT_LED,
    )


def _away(rng: np.random.Generator, home: Ints) -> Ints:
    """Norway buys in Germany too, Germany and Romania in Norway; nobody else anywhere."""
    norway, germany = PLACES.index("NO"), PLACES.index("DE")
    travels = (rng.random(PEOPLE) < IN_TWO_STORES) & np.isin(home, [norway, germany, PLACES.index("RO")])
    return np.where(travels, np.where(home == norway, germany, norway), home)


def _kinds(rng: np.random.Generator, home: Ints) -> Texts:
    chance = rng.random(PEOPLE)
    kind = np.where(chance < 0.62, "account", "guest")
    romania, germany = home == PLACES.index("RO"), home == PLACES.index("DE")
    kind = np.where(romania & (chance > 0.92), "phone", kind)
    kind = np.where(germany & (chance > 0.97), "relay", kind)
    colleagues = np.flatnonzero(germany & (kind == "guest"))[:SHARED_PEOPLE]
    kind[colleagues] = "shared"
    return kind


def table(people: People) -> pa.Table:
    """One row a person: `person`, `country`, `kind`, `name`, `email` (empty where unknown), `phone`, `language`."""
    number = np.arange(PEOPLE)
    first, family = _names(_FIRST, people.home, number), _names(_FAMILY, people.home, number // 10)
    mailbox = np.char.add(np.char.lower(_joined(first, ".", family)), number.astype(str))
    email = _joined(mailbox, "@", _DOMAINS[number % 3])
    email = np.where(people.kind == "shared", "info@kontorhaus.example", email)
    # A marketplace gives each buyer an address of its own that leads to the buyer and names nobody.
    buyer = np.char.zfill((number * 7919).astype(str), 9)
    email = np.where(people.kind == "relay", _joined("buyer-", buyer, "@marketplace.amazon.example"), email)
    return pa.table(
        {
            "person": number,
            "country": np.array(PLACES)[people.home],
            "kind": people.kind,
            "name": _joined(first, " ", family),
            "email": np.where(people.kind == "phone", "", email),
            "phone": _joined("07000", np.char.zfill(number.astype(str), 5)),
            "language": np.array([_LANGUAGES[country] for country in PLACES])[people.home],
        }
    )


def _names(names: dict[str, str], home: Ints, number: Ints) -> Texts:
    listed = np.array([names[country].split() for country in PLACES])
    found: Texts = listed[home, number % listed.shape[1]]
    return found


def _joined(*parts: Texts | str) -> Texts:
    joined = parts[0]
    for part in parts[1:]:
        joined = np.char.add(joined, part)
    return np.asarray(joined)
