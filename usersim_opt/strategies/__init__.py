"""Decisions of the optimizer, one small file and one Protocol each."""
