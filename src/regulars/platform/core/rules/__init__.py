"""Decisions without Django, clock or I/O."""
