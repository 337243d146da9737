"""A prompt carried out into other forms; every form names the sha256 that was measured."""
