"""Rules on the set as a whole: yes is right somewhere, some chats end, curt is not always best.

A search that never meets a right plan learns to fight every plan; one that never meets an end
learns nothing of it.
"""

from collections.abc import Callable, Sequence

from usersim_opt.basics.text import has_stop_token, opening_phrase
from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.proof import failed_by_contrary
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.checks.lexicons import list_in
from usersim_opt.scenarios.records import Scenario


def balance_faults(scenarios: Sequence[Scenario]) -> Faults:
    """Too few scenarios in which yes is right or the chat ends; curt replies that fail little."""
    if not scenarios:
        return
    consent, endings = _share(scenarios, yes_is_right), _share(scenarios, may_end)
    if consent < FIGURES.consent:
        yield _fault(
            "no_consent",
            f"in {100 * consent:.0f} % of the scenarios half of the natural replies are a yes",
            f"write more in which the agent is right, {100 * FIGURES.consent:.0f} % at least",
        )
    if endings < FIGURES.endings:
        yield _fault(
            "no_ending",
            f"in {100 * endings:.0f} % of the scenarios the customer may end the chat",
            f"write more in which the matter is settled, {100 * FIGURES.endings:.0f} % at least",
        )
    yield from _curt_is_best(scenarios)


def yes_is_right(scenario: Scenario) -> bool:
    """Whether half of the natural replies or more open with consent."""
    natural = scenario.examples.natural
    agreement = list_in(scenario.language, "agreement")
    yes = [reply for reply in natural if opening_phrase(reply, agreement)]
    return 2 * len(yes) >= len(natural)


def may_end(scenario: Scenario) -> bool:
    """Whether the customer may leave the chat here."""
    return scenario.may_stop or any(map(has_stop_token, scenario.examples.natural))


def _share(scenarios: Sequence[Scenario], is_so: Callable[[Scenario], bool]) -> float:
    return sum(map(is_so, scenarios)) / len(scenarios)


def _curt_is_best(scenarios: Sequence[Scenario]) -> Faults:
    failed = sum(map(failed_by_contrary, scenarios))
    scored = sum(len(scenario.scored_criteria) for scenario in scenarios)
    if failed < FIGURES.contrary_share * scored:
        yield _fault(
            "curt_is_best",
            f"curt and contrary replies fail {failed} of {scored} scored criteria",
            "let them fail a third, or the shortest and rudest prompt is the best",
        )


def _fault(kind: str, what: str, fix: str) -> Fault:
    return Fault("scenarios/", "examples", what, fix, kind)
