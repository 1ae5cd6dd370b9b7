"""Reports that are mailed and kept on a schedule."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
