"""Retention: the cohort triangle, its curves, and the people behind each cell."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
