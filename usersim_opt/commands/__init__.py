"""What users run: each command reads its options, wires the library together and prints."""
