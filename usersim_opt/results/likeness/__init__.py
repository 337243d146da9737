"""How like people a simulator is, as one page to read."""
