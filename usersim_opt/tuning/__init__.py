"""The search: the optimizer, its strategies, gates, guard and budget, and the ablation of a finished prompt."""
