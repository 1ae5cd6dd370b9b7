"""Declarative mappings: which file feeds which fact table, which column is what."""
