"""The kinds of scenarios and of behaviour: types with their agent turns, families and dimensions."""

SCENARIO_TYPES = (
    "initial_request",
    "detail_elicitation",
    "wrong_assumption",
    "uncertainty_or_sensitive_info",
    "error_or_repair",
)
"""The five types; scenario `TTT.n` is of the n-th type."""


AGENT_TURNS = {
    "initial_request": (1, 1),
    "detail_elicitation": (2, 4),
    "wrong_assumption": (3, 5),
    "uncertainty_or_sensitive_info": (2, 4),
    "error_or_repair": (4, 7),
}
"""Smallest and largest number of agent turns in the history of each type."""


_FAMILIES = {
    "communication_style": (
        "shortness",
        "politeness",
        "formality",
        "repetition",
        "identity_confusion",
        "acknowledgement",
        "stylistic_variation",
    ),
    "information_pattern": ("front_loading", "identity_density", "opening_word_count", "words_per_turn"),
    "clarification": (
        "uncertainty_expression",
        "certainty_expression",
        "pushback",
        "clarifying_questions",
        "info_seeking_questions",
    ),
    "error_reaction": ("emotional_pattern", "accusatory_language", "pivot_behavior"),
    "guard": ("non_leakage",),
}


FAMILIES = tuple(_FAMILIES)


DIMENSIONS = tuple(f"{family}.{name}" for family, names in _FAMILIES.items() for name in names)
"""The 20 dimensions, each as `family.name`."""
