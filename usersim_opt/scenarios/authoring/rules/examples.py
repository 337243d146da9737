"""Rules on example replies, which prove the rubric.

Natural replies pass every check: two different ones at least, one of them short. Failing ones fail
what they name and pass the rest. A near failure is a natural reply with one fault more, so it is
hardly longer, and has no marker of an old model unless its fault is about that. A contrary reply is
curt or contrary.
"""

from collections.abc import Iterator

from usersim_opt.basics.text import find_phrases, fold, is_blank, overlap, spoken, words
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.limits import limits_in
from usersim_opt.scenarios.authoring.rules.markers import is_about, markers_in
from usersim_opt.scenarios.authoring.rules.quality import FIGURES, WORDS
from usersim_opt.scenarios.checks.lexicons import list_in
from usersim_opt.scenarios.records import (
    Criterion,
    Examples,
    FailingExample,
    NearFailure,
    Scenario,
    Task,
)

NATURAL = 2
SHORT = 10
"""Words that the shortest of the natural replies has at most."""


def example_faults(task: Task, scenario: Scenario) -> Faults:
    """Too few or equal replies, checks that disagree with a reply, failures of the wrong form."""
    yield from _too_few(scenario)
    yield from _too_long(scenario)
    for field, reply in _natural_fields(scenario.examples):
        yield from _leaving(scenario, field, reply)
        yield from _disagreements(scenario, field, reply=reply)
    for field, failing in _failure_fields(scenario.examples):
        yield from _disagreements(scenario, field, reply=failing.reply, fails=failing.fails)
    for number, near in enumerate(scenario.examples.near):
        yield from _near(scenario, f"examples.near[{number}]", near)
    for number, contrary in enumerate(scenario.examples.contrary):
        yield from _contrary(scenario, f"examples.contrary[{number}]", contrary.reply)


def _natural_fields(examples: Examples) -> Iterator[tuple[str, str]]:
    """Each natural reply with the field in which it stands."""
    for number, reply in enumerate(examples.passing):
        yield f"examples.pass[{number}]", reply
    for number, reply in enumerate(examples.plain):
        yield f"examples.natural[{number}]", reply


def _failure_fields(examples: Examples) -> Iterator[tuple[str, FailingExample]]:
    """Each failing example with the field in which it stands."""
    if examples.failing:
        yield "examples.fail", examples.failing
    for number, near in enumerate(examples.near):
        yield f"examples.near[{number}]", near
    for number, contrary in enumerate(examples.contrary):
        yield f"examples.contrary[{number}]", contrary


def _field_of_naturals(examples: Examples) -> str:
    return "examples.natural" if examples.plain else "examples.pass"


def _too_few(scenario: Scenario) -> Faults:
    natural = scenario.examples.natural
    if len({fold(reply) for reply in natural}) < NATURAL:
        yield fault_in(
            scenario,
            _field_of_naturals(scenario.examples),
            kind="few_natural_replies",
            what=f"{len(set(natural))} different replies",
            fix=f"give {NATURAL} of different temper",
        )


def _too_long(scenario: Scenario) -> Faults:
    shortest = min(len(words(reply)) for reply in scenario.examples.natural)
    if shortest > SHORT:
        yield fault_in(
            scenario,
            _field_of_naturals(scenario.examples),
            kind="few_natural_replies",
            what=f"no reply has {SHORT} words or fewer",
            fix="add a short one: if none can pass, the rubric asks for too much",
        )


def _leaving(scenario: Scenario, field: str, reply: str) -> Faults:
    """A natural reply that leaves without a word where no criterion lets the customer leave."""
    if is_blank(spoken(reply)) and not scenario.may_stop:
        yield fault_in(
            scenario,
            field,
            kind="leaves_unallowed",
            what=f"{reply!r} leaves without a word, which fails every criterion here",
            fix="give the criterion that allows it the check {stops: true}, as one of its `any`, "
            "or take the reply out",
        )


def _disagreements(
    scenario: Scenario, field: str, *, reply: str, fails: tuple[str, ...] = ()
) -> Faults:
    """Criteria whose check fails on a reply that is to pass them, or the other way round."""
    for criterion in scenario.criteria:
        if criterion.check is None:
            continue
        finding = checks.run(criterion.check, reply, scenario.moment)
        is_to_fail = criterion.id in fails
        if finding.holds == is_to_fail:
            wanted = "fail" if is_to_fail else "pass"
            yield fault_in(
                scenario,
                field,
                kind="check_disagrees",
                what=f"the check of {criterion.id!r} should {wanted} here but does not "
                f"({finding.evidence})",
                fix="mend the check or the reply",
            )


def _near(scenario: Scenario, field: str, near: NearFailure) -> Faults:
    """A near failure that is no natural reply with one fault more."""
    length, most = len(words(near.reply)), _most_words(scenario, near)
    if length > most:
        yield fault_in(
            scenario,
            field,
            kind="near_too_long",
            what=f"has {length} words, and the natural reply that it is nearest to has "
            f"{len(words(_nearest(scenario, near.reply)))}",
            fix=f"shorten it to {most}, or add a longer natural reply",
        )
    stated = _stated_fault(scenario, near)
    for marker, shown in markers_in(near.reply).items():
        if not is_about(stated, marker):
            yield fault_in(
                scenario,
                field,
                kind="near_caricature",
                what=f"is a model of 2022: {marker} ({shown}), which its fault is not about",
                fix="take that out, so that one fault is left",
            )


def _most_words(scenario: Scenario, near: NearFailure) -> int:
    """The words that a near failure may have.

    That is one and a half times the natural reply that it is nearest to, or the word limit that it
    breaks, or what a short fault takes, whichever is most.
    """
    broken = [
        limit
        for criterion in _broken(scenario, near)
        for limit in limits_in(criterion.check or {}, scenario)
    ]
    nearest = len(words(_nearest(scenario, near.reply)))
    return max(FIGURES.near_least, int(FIGURES.near_ratio * max([nearest, *broken])))


def _broken(scenario: Scenario, near: NearFailure) -> list[Criterion]:
    return [criterion for criterion in scenario.criteria if criterion.id in near.fails]


def _nearest(scenario: Scenario, reply: str) -> str:
    """The natural reply with the largest share of common words."""
    return max(scenario.examples.natural, key=lambda natural: overlap(natural, reply))


def _stated_fault(scenario: Scenario, near: NearFailure) -> str:
    """What is said of a fault: its own words, and those of the criteria that it breaks."""
    broken = _broken(scenario, near)
    said = (f"{criterion.id} {criterion.dimension} {criterion.text}" for criterion in broken)
    return " ".join([near.fault, *said])


_CONTRARY = ("refusal", "irritation", "blame")
"""The lexicons of which a contrary reply has a word."""


def _contrary(scenario: Scenario, field: str, reply: str) -> Faults:
    """A contrary reply that is neither short nor contrary."""
    is_curt = len(words(reply)) <= FIGURES.curt_words
    listed = [phrase for name in _CONTRARY for phrase in list_in(scenario.language, name)]
    if not is_curt and not find_phrases(reply, [*WORDS.contrary, *listed]):
        yield fault_in(
            scenario,
            field,
            kind="not_contrary",
            what=f"has more than {FIGURES.curt_words} words and no word of refusal or anger",
            fix="make it too curt or too contrary",
        )
