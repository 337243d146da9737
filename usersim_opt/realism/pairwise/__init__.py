"""Which of two texts was typed by a person: asked in pairs, and how far to believe it."""
