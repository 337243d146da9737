"""The prompt, and who plays it."""
