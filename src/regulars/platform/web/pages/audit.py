"""The audit log: who saw and did what."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
