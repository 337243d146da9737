"""Scripts by which shells complete what is typed: written from the parsers of the commands."""
