"""Settings of the site: company, definitions, markets, currency."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
