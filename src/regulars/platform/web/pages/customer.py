"""One customer: who, what is open, what was promised; the time line of all facts."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
