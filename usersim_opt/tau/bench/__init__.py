"""tau-bench (v1) and tau-trait, its fork: our customer in a checkout of either.

    bench = uso.tau.checkout("tau-bench", domain="airline", task_ids="0-4")
    bench.evaluate({"base": base, "tuned": tuned}, "openai/NAME", lm=user)

Neither is on a package index. Their own code plays, serves the tools and gives the reward; the
customer alone is ours.
"""
