"""The HTML page of a run: page.py writes it, each other file fills one of its sections."""
