"""Segments: rules with their live size, people, who entered and left."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
