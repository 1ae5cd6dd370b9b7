"""For machines: is the site alive, and its figures for Prometheus."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
