"""Markets: a country or a group of countries with its time zone. Facts come from CLDR through Babel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from babel.core import get_global

# Countries with several zones, where CLDR names no principal one: the zone where most people live.
_PRINCIPAL_ZONE = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei", "GB": "Europe/London", "GL": "America/Nuuk", "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NO": "Europe/Oslo", "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Gaza", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UM": "Pacific/Wake", "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}  # fmt: skip


@dataclass(frozen=True)
class Market:
    """One market: `code` is what stands in the facts; `countries` are ISO 3166-1 alpha-2 codes."""

    code: str
    countries: tuple[str, ...]
    zone: str


@cache
def zone_of_country(country: str) -> str | None:
    """IANA zone of a country (ISO 3166-1 alpha-2); its principal zone where it has several; None if unknown."""
    if country in _PRINCIPAL_ZONE:
        return _PRINCIPAL_ZONE[country]
    zones = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country)
    return zones[0] if zones else None
