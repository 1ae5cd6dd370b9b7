"""Alerts: what is watched, what was found, who was told."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
