"""A generic orders file: its columns are recognised by name and content."""

from regulars.sources.formats.generic.recognise import recognise

__all__ = ["recognise"]
