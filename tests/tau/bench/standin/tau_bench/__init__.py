"""A small stand-in for a checkout of tau-bench: the same names, a shop with one shelf.

Nothing in it is tau-bench's; it has the interface that our customer and our agents meet there.
"""
