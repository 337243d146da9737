"""The ground: text, figures, files, errors, layout, statistics, and asking a model.

Nothing here knows a customer.
"""
