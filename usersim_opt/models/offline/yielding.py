"""What a criterion wants, where it wants the customer to give way: read from its demand.

The demand is what stands before the tolerance, which a semicolon or colon begins.

Not covered: demands in other words than these.
"""

import re

_SAYS_YES = re.compile(
    r"\b(?:accepts|agrees|consents|approves|confirms|goes along|gives in|says (?:yes|ok)|takes it"
    r"|lets it go)\b",
    re.I,
)
_DENIAL = re.compile(r"\b(?:not|neither|nor|never|no|nobody|without)\b|n't\b", re.I)
_NO_FIGHT = re.compile(
    r"(?:\b(?:not|neither|nor|never|without)|n't)\b(?: \w+){0,2} "
    r"(?:object|fight|insist|contradict|argu|disput|refus|push)\w*",
    re.I,
)
_FALLBACK = re.compile(
    r"\b(?:turns to|brings up|takes|asks for|names|offers|falls back)\b"
    r"(?:.*\b(fallback|second choice|second best|next best)|.*+)",
    re.I,
)


def wants_yes(criterion: str) -> bool:
    """Whether a criterion wants the customer to accept something: `The reply accepts the plan`."""
    return _affirms(_SAYS_YES, criterion)


def wants_no_fight(criterion: str) -> bool:
    """Whether a criterion forbids to fight something: `The reply does not dispute the rule`."""
    return _NO_FIGHT.search(_demand(criterion)) is not None


def wants_fallback(criterion: str) -> bool:
    """Whether a criterion wants the fallback: `The reply turns to the second choice`."""
    return _affirms(_FALLBACK, criterion)


def _affirms(pattern: re.Pattern[str], criterion: str) -> bool:
    """Whether a pattern occurs in the demand, and no denial before it."""
    demand = _demand(criterion)
    # What has a group may also pass over a line in vain, so that it looks at each line once.
    found = (each for each in pattern.finditer(demand) if not pattern.groups or each[1])
    match = next(found, None)
    return match is not None and not _DENIAL.search(demand[: match.start()])


def _demand(criterion: str) -> str:
    return re.split("[;:]", criterion)[0]
