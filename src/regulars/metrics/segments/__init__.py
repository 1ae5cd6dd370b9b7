"""Segment rules: text that a person can read, checked and compiled to an expression over customers."""
