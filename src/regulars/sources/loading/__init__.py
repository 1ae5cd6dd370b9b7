"""The pipeline from raw tables to canonical facts."""
