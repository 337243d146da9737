"""Latent variables: what a simulated customer is like, and what it is after, turn by turn."""
