"""The first steps of an empty installation: the first user, then data, then figures."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
