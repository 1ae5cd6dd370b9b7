"""Data: imports, mappings, rejects, tables, freshness, health."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
