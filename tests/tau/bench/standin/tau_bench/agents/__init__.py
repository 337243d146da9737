"""The agents of the stand-in."""
