"""What Regulars claims to be fast at, against peers in the same run. `python -m benchmarks` runs everything."""
