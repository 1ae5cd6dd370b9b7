"""Markets side by side, by any figure."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
