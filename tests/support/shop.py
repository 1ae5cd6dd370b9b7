"""The small made-up shop of the documentation's examples, for tests."""

from regulars.demo.samples import COUNTRIES, FIRST, LAST, write

__all__ = ["COUNTRIES", "FIRST", "LAST", "write"]
