"""What a run climbs beside the rubric: realism terms on whole conversations, and their cost.

A rubric grades one reply. A prompt can gain there and still talk in sixty words a turn once a
conversation runs, so some of what matters is measured on conversations, of the first prompt and of
the finalists only:

    objective of a finalist = gain on the rubric + sum of weight * gain of the term

Gains are over the first prompt, 0 to 1. That on the rubric is what the model of the search expects
(results/standings.py); those of the terms are measured on conversations about training tasks. The
first prompt has 0, so it stays where no finalist has more. The finalist with the most faces the
smoke split; where its gain is proven there, conversations about held-out tasks are played with it
and with the first prompt, and the terms named in `not_worse` must not be worse there.

    calls per prompt   conversations * (turns of both sides + looks of the terms), at the most
    prompts            the first one and the finalists, then two on the smoke split

Not covered: terms in the search itself, whose candidates are hundreds; a conversation is some
twenty calls.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from usersim_opt.basics.arguments import Count, check_fields
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.noninferiority import least_tasks
from usersim_opt.customer.agents import side_of
from usersim_opt.measuring.conversing import agent_name
from usersim_opt.models.naming import model_name
from usersim_opt.results.realism_terms import TermsPlan
from usersim_opt.tuning.gates import LONGEST_NAME
from usersim_opt.tuning.margin import check_margin
from usersim_opt.tuning.terms import RealismTerm

TAKEN = ("user", "judge", "proposer", "agent")
"""Roles of a run that no term may be called by."""
MARGIN = 0.05
"""The loss of a term that is too small to matter, unless the user says otherwise."""


@dataclass(frozen=True)
class Objective:
    """Realism terms with the agent that conversations are played with.

    Objective(desk, [ConversationFeatures(), GuardsKept()], not_worse="all")

    The agent is anything that `uso.converse` takes. `not_worse` names the terms in which what
    ships must not be worse by the `margin` or more, or is "all". At most `tasks` tasks of each
    split are played, with `seeds` seeds each and `max_turns` customer turns at the most; at most
    so many `finalists` are compared. InputError for what could not be measured.
    """

    agent: Any
    terms: Sequence[RealismTerm]
    not_worse: Literal["all"] | Sequence[str] = ()
    margin: float = MARGIN
    tasks: Count = 10
    seeds: Count = 1
    max_turns: Count = 8
    finalists: Count = 3

    def __post_init__(self) -> None:
        side_of(self.agent)
        _check_terms(self.terms)
        check_margin(self.margin)
        check_fields(self)
        _check_required(self.not_worse, [term.name for term in self.terms])

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the terms in which what ships must not be worse."""
        names = tuple(term.name for term in self.terms)
        return names if self.not_worse == "all" else tuple(self.not_worse)

    @property
    def chooses(self) -> bool:
        """Whether the terms have a part in which finalist faces the smoke split."""
        return any(term.weight for term in self.terms)

    def calls_per_prompt(self, tasks: int) -> int:
        """Calls that measuring one prompt on so many tasks costs at the most."""
        turns = self.max_turns + (self.max_turns - 1) * side_of(self.agent).price
        looks = sum(term.price for term in self.terms)
        return min(self.tasks, tasks) * self.seeds * (turns + looks)

    def plan(self, train: int, smoke: int) -> TermsPlan:
        """What the terms cost in a run with so many tasks in its splits."""
        chosen_from = 1 + self.finalists if self.chooses else 0
        return TermsPlan(
            weights={term.name: float(term.weight) for term in self.terms},
            not_worse=self.required,
            margin=float(self.margin),
            calls=(self.calls_per_prompt(train), self.calls_per_prompt(smoke)),
            prompts=(chosen_from, 2),
        )

    def check_tasks(self, smoke: int) -> None:
        """InputError where so few smoke tasks are played that nothing could be shown on them."""
        played, least = min(self.tasks, smoke), least_tasks(LEVEL)
        if self.required and played < least:
            raise InputError(
                f"not_worse is asked for on {many(played, 'task')} of the smoke split; with fewer "
                f"than {least} nothing can be shown: raise `tasks`, or leave not_worse out"
            )

    @property
    def settings(self) -> str:
        """Everything in one text, by which a run is known; the same in every process."""
        numbers = f"tasks={self.tasks}, seeds={self.seeds}, max_turns={self.max_turns}"
        required = f"not_worse={list(self.required)}, margin={self.margin:g}"
        terms = "; ".join(map(_settings, self.terms))
        agent = agent_name(self.agent)
        return f"{terms}; {required}; {agent}, {numbers}, finalists={self.finalists}"

    @property
    def models(self) -> dict[str, str]:
        """The models of agent and terms by role, as far as they are known."""
        agent = {"agent": agent_name(self.agent)} if hasattr(self.agent, "lm") else {}
        asked = {term.name: getattr(term, "lm", None) for term in self.terms}
        return agent | {name: model_name(lm) for name, lm in asked.items() if lm is not None}


def check_objective(objective: Any) -> None:
    """InputError for what is no objective; None is none."""
    if objective is not None and not isinstance(objective, Objective):
        raise InputError(
            f"the objective is a {type(objective).__name__}; expected "
            "uso.Objective(agent, [uso.ConversationFeatures()]), or None"
        )


def _settings(term: RealismTerm) -> str:
    own = getattr(term, "settings", None)
    return own if isinstance(own, str) else f"{term.name} x {term.weight:g}"


def _check_terms(terms: Any) -> None:
    """InputError for what is no list of terms, or for two of one name."""
    if isinstance(terms, str) or not isinstance(terms, Sequence) or not terms:
        raise InputError(
            f"terms is {terms!r:.60}; expected a list of one or more terms, such as "
            "[uso.ConversationFeatures()]"
        )
    for term in terms:
        _check_term(term)
    names = [term.name for term in terms]
    if doubles := sorted(name for name in set(names) if names.count(name) > 1):
        raise InputError(f"two terms are called {doubles[0]!r}; give each a name of its own")


def _check_term(term: Any) -> None:
    """InputError for what is no term."""
    kind = type(term).__name__
    name = getattr(term, "name", None)
    if isinstance(term, type) or not isinstance(name, str) or not name.strip():
        raise InputError(f"the term {kind} has no name; expected a short word, such as 'features'")
    if len(name) > LONGEST_NAME or not name.isprintable() or name in TAKEN:
        raise InputError(
            f"a term is called {name[:LONGEST_NAME]!r}; expected a short word that is no role of "
            f"a run ({', '.join(TAKEN)})"
        )
    if not _is_weight(getattr(term, "weight", None)):
        raise InputError(
            f"the term {name!r} has the weight {getattr(term, 'weight', None)!r:.40}; "
            "expected a number of 0 or more"
        )
    _check_parts(term, name)


def _check_parts(term: Any, name: str) -> None:
    price = getattr(term, "price", None)
    if not isinstance(price, int) or isinstance(price, bool) or price < 0:
        raise InputError(
            f"the term {name!r} has the price {price!r:.40}; expected the calls of one look, "
            "0 or more"
        )
    if not isinstance(getattr(term, "compares", None), bool):
        raise InputError(f"the term {name!r} does not say whether it `compares`; expected a bool")
    for part in ("look", "values"):
        if not callable(getattr(term, part, None)):
            raise InputError(f"the term {name!r} has no method {part!r}; see uso.RealismTerm")


def _is_weight(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0


def _check_required(not_worse: Any, names: Sequence[str]) -> None:
    """InputError for names that no term has."""
    if not_worse == "all":
        return
    if isinstance(not_worse, str) or not isinstance(not_worse, Sequence):
        raise InputError(
            f"not_worse is {not_worse!r:.60}; expected 'all' or a list of the terms' names"
        )
    if unknown := [name for name in not_worse if name not in names]:
        raise InputError(f"not_worse names {unknown[0]!r}; the terms are called {', '.join(names)}")
