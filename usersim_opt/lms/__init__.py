"""Connections to models: `connect` for any model string, Ollama's engine, and the offline stand-ins."""
