"""How far a simulated customer gets with its goals, turn by turn, and steering by that."""
