"""The search: optimizer, strategies, gates, guard and budget, and the ablation of a prompt."""
