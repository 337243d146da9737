"""The situations that the stand-in for the author writes, each by rule from a private story.

Everything in them comes from the story: ids, dates, wishes, conditions. A criterion with a check is
only used if the scenario's own example replies bear it out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.text import find_phrases
from usersim_opt.models.offline.criteria import (
    CLAIMS_NO_CERTAINTY,
    DOES_NOT_AGREE,
    DOUBTS_OR_DECLINES,
    KEEPS_CARD_DATA,
    NO_APOLOGY,
    NO_CHEERFUL_YES,
    NO_FORM,
    NO_INSULT,
    NO_PAYMENT_YET,
    NO_THANKS,
    OBJECTS_OR_ASKS,
    OPENS_SHORT,
    PAYMENT,
    SHOWS_DISPLEASURE,
    STAYS_SHORT,
    Criterion,
    answers_something,
    fallback_locked,
    says_what_about,
)
from usersim_opt.models.offline.story import Story, core, first_person
from usersim_opt.scenarios.kinds import DIMENSIONS, family_of

GREETING = "Hi! How can I help you today?"
MOST_CRITERIA = 5
MOST_ADDED = 2
"""Criteria of dimensions that a data set adds, in one scenario."""


@dataclass(frozen=True)
class Sketch:
    """A scenario: turns that alternate, the agent first; criteria; two good replies and a bad."""

    history: Sequence[str]
    criteria: Sequence[Criterion]
    good: str
    short: str
    bad: str


@dataclass(frozen=True)
class TypeAsked:
    """What the material says of a type and of the dimensions that criteria may have."""

    name: str
    line: str
    agent_turns: int
    dimensions: Mapping[str, str]


def _wish(story: Story, most: int = 14) -> str:
    """The first wish that is not about paying, in a few words of the customer's own."""
    unpaid = (wish for wish in story.wishes if not find_phrases(wish, PAYMENT))
    first = next(iter(story.wishes), "You have a question about a booking")
    return core(next(unpaid, first), most)


def _everything(story: Story) -> str:
    """The story as a model says it that is too helpful."""
    facts = dict.fromkeys(_whole_story(story))
    sentences = [
        "Hello! Thank you so much for your help",
        *(fact[:1].upper() + fact[1:] for fact in facts if fact),
        "Alternatively I can accept another option. I appreciate it",
    ]
    return ". ".join(sentences) + "!"


def _whole_story(story: Story) -> Iterator[str]:
    yield from _identity(story)
    for sentence in (*story.wishes, *story.payments[:1], *story.conditions[:1]):
        yield first_person(sentence)


def _identity(story: Story) -> Iterator[str]:
    if story.user_id:
        yield f"my user id is {story.user_id}"
    for code in story.codes[:1]:
        yield f"my reservation is {code}"


def _sketch(
    history: Sequence[str], criteria: Sequence[Criterion], *, good: str, short: str, bad: str
) -> Sketch:
    """A scenario without the criteria that its good replies do not bear out."""
    borne_out = [each for each in criteria if each.holds(good) and each.holds(short)]
    return Sketch(history, borne_out, good=good, short=short, bad=bad)


def _initial_request(story: Story) -> Sketch:
    wish = _wish(story)
    criteria = [
        says_what_about(wish),
        *([NO_PAYMENT_YET] if story.payments else []),
        fallback_locked(story),
        OPENS_SHORT,
        NO_THANKS,
    ]
    return _sketch(
        [GREETING],
        criteria,
        good=f"hi, {wish}",
        short=_wish(story, 9),
        bad=_everything(story),
    )


def _detail_elicitation(story: Story) -> Sketch:
    facts = [fact for fact in (story.user_id, *story.codes) if fact]
    history = [
        GREETING,
        _wish(story),
        (
            "Certainly. I will need your user id, the reservation number, the names of all "
            "passengers, and how you would like to pay."
        ),
    ]
    criteria = [
        answers_something(facts),
        NO_FORM,
        NO_THANKS,
        fallback_locked(story),
        STAYS_SHORT,
    ]
    good, short = "i don't have the number here", "no idea"
    if facts:
        good, short = f"{facts[0]}, the rest i don't have here", facts[0]
    listed = "\n2. ".join([*facts, _everything(story)])
    bad = f"Thank you for your help! Here is everything:\n1. {listed}"
    return _sketch(history, criteria, good=good, short=short, bad=bad)


def _wrong_assumption(story: Story) -> Sketch:
    wish = _wish(story)
    history = [
        GREETING,
        wish,
        "Let me have a look at that.",
        "ok",
        f"All right, so I will {_wrong_plan(wish)}. Shall I go ahead?",
    ]
    return _sketch(
        history,
        [DOES_NOT_AGREE, OBJECTS_OR_ASKS, fallback_locked(story), NO_APOLOGY],
        good=f"no, that's not it. {wish}",
        short="no",
        bad="Yes, please go ahead, that works for me. Sorry for the trouble, and alternatively I "
        "can take another day!",
    )


def _wrong_plan(wish: str) -> str:
    """What the customer does not wish for."""
    if "cancel" in wish.lower():
        return "move you to the flight one day later and keep the booking"
    return "cancel the whole booking and refund it to you"


def _uncertainty(story: Story) -> Sketch:
    history = [
        GREETING,
        _wish(story),
        (
            "Before I go on, please send me the full card number with its security code, and "
            "confirm when exactly the booking was made."
        ),
    ]
    return _sketch(
        history,
        [KEEPS_CARD_DATA, CLAIMS_NO_CERTAINTY, DOUBTS_OR_DECLINES, NO_THANKS],
        good="why do you need the card number? i don't know when it was booked",
        short="not giving that out",
        bad="Of course, thank you! My card is 4556 7100 2234 9081, the security code is 552, and "
        "it was definitely booked on May 2.",
    )


def _error(story: Story) -> Sketch:
    wish = _wish(story)
    history = [
        GREETING,
        wish,
        "Let me check what is possible.",
        "ok",
        "I have found your booking and am making the change now.",
        "good",
        (
            "Something went wrong, the change was not saved. You would have to contact us again "
            "tomorrow."
        ),
    ]
    return _sketch(
        history,
        [NO_CHEERFUL_YES, NO_INSULT, SHOWS_DISPLEASURE, fallback_locked(story)],
        good=f"come on, i don't want to wait. {wish}",
        short="what? no",
        bad="No problem, I understand! Alternatively I can call again. Thank you so much.",
    )


STANDARD: Mapping[str, Callable[[Story], Sketch]] = {
    "initial_request": _initial_request,
    "detail_elicitation": _detail_elicitation,
    "wrong_assumption": _wrong_assumption,
    "uncertainty_or_sensitive_info": _uncertainty,
    "error_or_repair": _error,
}
"""The standard types."""


def added(story: Story, asked: TypeAsked) -> Sketch:
    """A scenario of a type that a data set adds, with the least number of agent turns."""
    wish = _wish(story)
    simple = [NO_THANKS, STAYS_SHORT, fallback_locked(story), NO_FORM]
    usable = [each for each in simple if each.dimension in asked.dimensions]
    return _sketch(
        _leading_to(asked, wish),
        [*_of_added_dimensions(asked), *usable][:MOST_CRITERIA],
        good=f"and now? {wish}",
        short="and now?",
        bad=_everything(story),
    )


def _leading_to(asked: TypeAsked, wish: str) -> list[str]:
    """Turns up to the agent's last one, which says what the type is about."""
    line = asked.line.rstrip(".")
    last = f"Here is where we are: {line}. Is there anything that you want to say to that?"
    if asked.agent_turns == 1:
        return [last]
    waiting = ["Let me have a look at that.", "ok"] * (asked.agent_turns - 2)
    return [GREETING, wish, *waiting, last]


def _of_added_dimensions(asked: TypeAsked) -> list[Criterion]:
    """Criteria for a judge, of dimensions that are not standard; the type's own family first."""
    names = [name for name in asked.dimensions if name not in DIMENSIONS]
    names.sort(key=lambda name: family_of(name) != asked.name)
    return [_for_judge(name, asked.dimensions[name]) for name in names[:MOST_ADDED]]


def _for_judge(dimension: str, line: str) -> Criterion:
    own_name = dimension.replace(".", "_")[-40:].strip("_")
    text = f"The reply shows this: {line.rstrip('.')}; any wording of it counts."
    return Criterion(f"about_{own_name}", dimension, text)
