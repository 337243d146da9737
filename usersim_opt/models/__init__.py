"""Connections to language models, a server on loopback, and the offline stand-ins."""
