"""Overview: the figures with trend and change, what stands out."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
