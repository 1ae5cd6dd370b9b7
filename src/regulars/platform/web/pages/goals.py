"""Goals: a figure, a scope, a target, a date, an owner; progress and forecast."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
