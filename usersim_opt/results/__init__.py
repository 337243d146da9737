"""A run on disk: written, read back, shown, and carried out into other forms."""
