"""How much of the space of customers a set of simulated ones covers, and personas that cover it.

measures.py has the formulas, population.py what they take from conversations, sampler.py personas.
"""
