"""How the decisions of a run are counted in a line: accepted, and turned down by which rule."""

from collections import Counter

from usersim_opt.basics.figures import many
from usersim_opt.results.rules import OBJECTIVE, in_order, rule_of
from usersim_opt.results.versions import Decisions


def tally(rulings: Decisions, *, incumbents: int) -> str:
    """How many candidates of the search were accepted, and which rules turned the others down."""
    taken = sum(ruling.accepted and ruling.rule == "proposal" for ruling in rulings)
    pieces = f", {many(taken, 'proposal')} with new pieces" if taken else ""
    return f"{many(incumbents, 'new incumbent')}{pieces}, {_rejections(rulings)}"


def _rejections(rulings: Decisions) -> str:
    rejected = Counter(ruling.rule for ruling in rulings if not ruling.accepted)
    by_rule = [f"{rejected[rule]} {rule_of(rule).tally}" for rule in in_order(rejected)]
    return f"{rejected.total()} rejected ({', '.join(by_rule) or 'none'})"


def stays(decisions: Decisions) -> str:
    """Why nobody faced the seed prompt."""
    lost = any(ruling.rule == OBJECTIVE for ruling in decisions)
    why = "by the objective no finalist was better" if lost else "no candidate was accepted"
    return f"The seed prompt stays: {why}."
