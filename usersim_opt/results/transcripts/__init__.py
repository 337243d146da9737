"""Conversations as one page to read."""
