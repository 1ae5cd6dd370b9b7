"""Customers: search, filter by rule, sort, save as segment, download."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
