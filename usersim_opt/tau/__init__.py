"""The tau benchmarks: their tasks as data."""
