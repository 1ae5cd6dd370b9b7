"""What the words of a status column mean for an order: whether it counts, was cancelled or given back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# First match decides; compared in small letters without accents. Meanings are canonical payment states.
_MEANINGS = (
    ("partially_refunded", r"part\w* ?-?(?:refund|return)|teil\w* ?(?:erstattet|retour)|delvis (?:refund|kredit|retur)|rembours\w* partiel|reembols\w* parcial|rambursat\w* partial"),
    ("paid", r"await\w* (?:fulfil|ship|pick|collect|delivery)|ready (?:to|for)|not refunded|paid and|pagad|no refund|refund (?:declined|rejected)"),
    ("refunded", r"refund|erstatt|gutschrift|gutgeschrieben|kredit(?:ert|nota)|credited|credit(?: ?note)?$|rembours|reembols|estorn|devol|ramburs|retur|return|charge ?back|charged back|reversed|rmaed|\brma\b|money back"),
    ("voided", r"cancel|storn|anul|annul|kansell|avbestil|avlyst|void|abgebrochen|abort|canx|verfallen|deleted|geloscht|slettet|\btrash|removed|sters"),
    ("failed", r"fail|declin|reject|denied|expired|incomplete|abandon|fraud|erreur|error|fehl|abgelehnt|avvist|recus|rechaz|esuat|respins|refuz|uncollect|uncapturable|invalid"),
    ("authorised", r"^authori[sz]ed|^reserved$|^reservert$"),
    ("pending", r"pending|await|on[ _-]?hold|^hold(?:ed)?$|en attente|en espera|pendient|pendente|aguardando|asteptare|ausstehend|wartet|venter|avventer|unpaid|not[ _]paid|non ?paye|impagad|neplat|neachitat|unbezahlt|nicht bezahlt|ikke betalt|ubetalt|nao pago|past[ _]?due|payment[ _]due|overdue|in dunning|dunning|requires[ _]|^created$|draft|quote|angebot|entwurf|angelegt|kladd|utkast|ciorna|rascunho|to be paid|verification|payment[ _]review|review$"),
    ("paid", r"paid|complet|success|succeed|captured|settled|closed|done|finish|fulfil|ship|deliver|dispatch|process|received|sent|invoiced|confirm|approved|accept|picked|bezahlt|abgeschlossen|erledigt|versandt|verschickt|versendet|geliefert|zugestellt|bearbeit|freigegeben|bestatigt|betalt|fullfort|fullfort|fullført|sendt|levert|behandl|ekspedert|finaliz|livrat|livre|expedi|platit|achitat|procesare|confirmat|paye|en cours|prepar|pago|paga$|entreg|enviad|concluid|aprovad|enviado|aceptado|approvato|pagato|spedito|consegnato|zaplacone|wyslane|zakonczon|betaald|verzonden|afgerond|^cod$|^ok$|^active$|^sale$|^true$|^yes$|^ja$|^da$|^sim$|^1$"),
    ("open", r"^open$|^offen$|^apen$|^new$|^neu$|^ny$|^nou[ae]?$|^novo$|^nouvelle$|em aberto|outstanding"),
)  # fmt: skip
_COMPILED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _MEANINGS)
_REFUND_TYPE = re.compile(
    r"refund|return|retur|credit|gutschrift|kredit|storno|chargeback|rembours|reembols|estorno|devolu|avoir|ramburs|negative"
)
_SALE_TYPE = re.compile(
    r"sale|order|purchase|payment|invoice|charge|debit|verkauf|rechnung|auftrag|bestell|salg|ordre|faktura|venda|pedido|compra|vente|achat|commande|vanzare|comanda|factura|online|one.?time|subscription|recurring|normal|standard|pos|web|first|new|renewal|retail"
)
_OTHER_TYPE = re.compile(
    r"withdraw|payout|transfer|\bfees?\b|deposit|conversion|\bhold\b|reserve|adjustment|no sale|void|cancel|auszahlung|gebuhr"
)


@dataclass(frozen=True)
class Meanings:
    """Distinct words of a column by meaning; `unknown` words have none and keep an order as it is."""

    known: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]

    def of(self, *meanings: str) -> tuple[str, ...]:
        return tuple(word for word, meaning in self.known if meaning in meanings)


def meanings(words: Iterable[str]) -> Meanings:
    """What each status word means."""
    known, unknown = [], []
    for word in words:
        found = meaning_of(word)
        if found is None:
            unknown.append(word)
        else:
            known.append((word, found))
    return Meanings(tuple(known), tuple(unknown))


def meaning_of(word: str) -> str | None:
    """The canonical payment state that a status word means, None where it is not known."""
    plain = _plain(word)
    return next((meaning for meaning, pattern in _COMPILED if pattern.search(plain)), None)


def row_kind(word: str) -> str | None:
    """`refund`, `other` (money that is no sale), `sale`, or None for a word of a type column."""
    plain = _plain(word)
    for kind, pattern in (("refund", _REFUND_TYPE), ("other", _OTHER_TYPE), ("sale", _SALE_TYPE)):
        if pattern.search(plain):
            return kind
    return None


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.strip().casefold().replace("ø", "o").replace("ß", "ss"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"^wc-", "", re.sub(r"[\s_]+", " ", plain))
