"""Ready readers for known exports, one folder each, found by `registry`."""
