"""The catalogue of figures: formula, definition, source, where each is used."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
