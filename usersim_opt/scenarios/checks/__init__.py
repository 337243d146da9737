"""Deterministic predicates on a reply: exact, free, and deaf to persuasion.

A check is data, one kind and its argument, as it stands in a rubric:

    check: {max_words: 25}
    check: {none_of: ["@thanks", "I appreciate"]}
    check: {any: [{asks: true}, {any_of: [no, not, wrong]}]}

`kinds.py` has the table of kinds; each family of kinds has a file of its own. `@name` in a list of
phrases stands for the lexicon of that name. Phrases match as whole words whatever the case; a final
`*` allows any ending, one in front any beginning. Stop tokens are no words of a reply.

Not covered: meaning. "not bad" contains "bad"; what phrases cannot decide belongs to the judge.
"""

from usersim_opt.scenarios.checks.kinds import (
    KINDS,
    Check,
    allows_stop,
    kinds_in,
    lexicons_in,
    run,
    validate,
)
from usersim_opt.scenarios.checks.layout import has_list
from usersim_opt.scenarios.checks.lexicons import BY_LANGUAGE, LEXICONS, missing_in
from usersim_opt.scenarios.checks.moment import ALONE, Finding, Moment
from usersim_opt.scenarios.checks.questions import asks

__all__ = [
    "ALONE",
    "BY_LANGUAGE",
    "KINDS",
    "LEXICONS",
    "Check",
    "Finding",
    "Moment",
    "allows_stop",
    "asks",
    "has_list",
    "kinds_in",
    "lexicons_in",
    "missing_in",
    "run",
    "validate",
]
