"""Numbers, money and days as the reader's language writes them; icons; addresses that keep the scope."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regulars.charts import Words
from regulars.report.texts import LANGUAGES, words

register = template.Library()


def reader() -> Words:
    """Texts and formats of the language in force; a language that the charts do not have reads English numbers."""
    language = translation.get_language() or "en"
    return words(language if language in LANGUAGES else "en")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from the sprite; decoration, so hidden from those who listen."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("regulars/icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def scoped(context: dict[str, Any], name: str, *args: Any, **changes: Any) -> str:
    """The address of a page that keeps period, market and currency: `{% scoped 'retention' market='DE' %}`."""
    scope = context.get("scope")
    query = scope.query(**changes) if scope else ""
    return reverse(name, args=args) + (f"?{query}" if query else "")


@register.filter
def number(value: Any, digits: int = 0) -> str:
    return "" if value is None else reader().number(Decimal(str(value)), digits)


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """A value that is in per cent already."""
    return "" if value is None else reader().percent(Decimal(str(value)), digits)


@register.filter
def money(value: Any, currency: str | None) -> str:
    """An amount in its currency; a bare number where none is known."""
    if value is None:
        return ""
    return (
        reader().money(Decimal(str(value)), currency) if currency else reader().number(Decimal(str(value)), 2)
    )


@register.filter
def exact(value: Any, currency: str) -> str:
    """An amount with all decimals of its currency, so that those below each other line up."""
    if value is None:
        return ""
    return reader().money(Decimal(str(value)), currency, get_currency_precision(currency))


@register.filter
def day(value: date | str | None) -> str:
    if not value:
        return ""
    return reader().day(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """An instant with its date and time in UTC as machines read it; people see it in words of their language."""
    if value is None:
        return ""
    text = f"{reader().day(value.date())}, {value:%H:%M} UTC"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """How long ago an instant was: '5 minutes ago', with the instant itself on hovering."""
    if value is None:
        return ""
    from babel.dates import format_timedelta  # noqa: PLC0415 - loads its locale data on first use

    text = format_timedelta(value - timezone.now(), add_direction=True, locale=reader().locale)
    said = f"{value:%Y-%m-%d %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), said, text)


@register.simple_tag
def span(start: date, end: date) -> str:
    """The days from `start` up to, not including, `end`: a month, quarter or year by its name."""
    return reader().period(start, end)


@register.filter
def country(code: str | None) -> str:
    return reader().country(code)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping|get:key`, for keys that are no names."""
    return mapping.get(key) if mapping else None
