"""The situations that the stand-in for the author writes, each by rule from a private story.

Everything in them comes from the story: ids, dates, wishes, conditions. A criterion with a check is
only used if the natural replies bear it out and a failing one does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from usersim_opt.basics.text import find_phrases
from usersim_opt.models.offline.criteria import (
    DOES_NOT_AGREE,
    DOUBTS_OR_DECLINES,
    KEEPS_CARD_DATA,
    NO_COURTESY,
    NO_INSULT,
    NO_REASON,
    ONE_DOUBT,
    OPENS_SHORT,
    PAYMENT,
    REACTION_ALONE,
    SHOWS_DISPLEASURE,
    STAYS_SHORT,
    STAYS_WITH_IT,
    WORDS,
    Criterion,
    answers_something,
    fallback_locked,
    not_all_of,
    says_what_about,
)
from usersim_opt.models.offline.sketches import Near, Sketch, proven
from usersim_opt.models.offline.story import Story, core
from usersim_opt.scenarios.kinds import DIMENSIONS, family_of

GREETING = "Hi! How can I help you today?"
MOST_CRITERIA = 5
MOST_ADDED = 2
"""Criteria of dimensions that a data set adds, in one scenario."""
_ACTIONS = ("cancel", "change", "move", "book", "refund", "upgrade")
_MORE = (
    "and i have been trying to get this done on my own for days now but the site does not let me "
    "go on and nobody picks up the phone"
).split()
"""What a customer adds who says too much."""


@dataclass(frozen=True)
class TypeAsked:
    """What the material says of a type and of the dimensions that criteria may have."""

    name: str
    line: str
    agent_turns: int
    dimensions: Mapping[str, str]


def wish_of(story: Story, most: int = 14) -> str:
    """The first wish that is not about paying, in a few words of the customer's own."""
    unpaid = (wish for wish in story.wishes if not find_phrases(wish, PAYMENT))
    first = next(iter(story.wishes), "You have a question")
    return core(next(unpaid, first), most)


def _action(wish: str) -> str:
    """The verb of a wish."""
    return next((action for action in _ACTIONS if action in wish.lower()), "change")


def padded(reply: str) -> Near:
    """A reply that says too much: a few words more than people type."""
    missing = max(3, WORDS + 3 - len(reply.split()))
    return Near(" ".join([reply, *_MORE[:missing]]), "says more than a person types")


def _initial_request(story: Story) -> Sketch:
    wish = wish_of(story)
    action = _action(wish)
    return proven(
        Sketch(
            history=[GREETING],
            criteria=[
                OPENS_SHORT,
                NO_REASON,
                says_what_about(wish, story.topic),
                fallback_locked(story),
            ],
            natural=[
                f"hi, {wish}",
                f"{action}, please",
                f"question about the {story.topic}",
                f"hello. i have a problem with the {story.topic}",
                f"morning, can you {action} something?",
            ],
            near=[
                padded(f"hi, {wish}"),
                Near(f"hi, {wish}, because plans changed", "gives a reason unasked"),
                Near(f"hi, {wish}, or else later", "offers a second choice unasked"),
            ],
            contrary=["hello?", "well, say something"],
        )
    )


def _detail_elicitation(story: Story) -> Sketch:
    asked = (
        f"Certainly. About the {story.topic} I will need your name or user id, the number that it "
        "has with us, the names of everybody it is for, and how you would like to pay."
    )
    facts = [fact for fact in (story.user_id, *story.codes[:1]) if fact]
    things = [*facts, "just me", *(["by card"] if story.payments else [])]
    first = facts[0] if facts else "just me"
    return proven(
        Sketch(
            history=[GREETING, wish_of(story), asked],
            criteria=[
                not_all_of(things),
                NO_REASON,
                answers_something(things),
                fallback_locked(story),
            ],
            natural=[
                first,
                "i don't have the number here",
                f"{things[-2 if len(things) > 1 else -1]}. the rest you have",
                "hang on, have to look",
                "why all of that?",
            ],
            near=[
                Near(", ".join(things), "works through every point"),
                Near(f"{first}, because you asked", "gives a reason unasked"),
                Near(f"{first}, or else another day", "offers a second choice unasked"),
            ],
            contrary=["ok", "fine"],
        )
    )


def _wrong_assumption(story: Story) -> Sketch:
    wish = wish_of(story)
    return proven(
        Sketch(
            history=[
                GREETING,
                wish,
                "Let me have a look at that.",
                "ok",
                f"All right, so I will {_wrong_plan(wish)}. Shall I go ahead?",
            ],
            criteria=[STAYS_SHORT, NO_COURTESY, STAYS_WITH_IT, DOES_NOT_AGREE.as_guard()],
            natural=[
                "no",
                f"no, that's not it. {wish}",
                "wait, what? why that",
                "not what i wrote",
                "that is something else",
            ],
            near=[
                padded(f"no, that's not it. {wish}"),
                Near("no, sorry, not what i wrote", "apologises for a mistake of the agent"),
                Near("ok, do that then", "gives in"),
            ],
            contrary=["forget it", "whatever, i give up"],
        )
    )


def _wrong_plan(wish: str) -> str:
    """What the customer does not wish for."""
    if "cancel" in wish.lower():
        return "leave everything as it is and only move it by one day"
    return "cancel the whole thing and close the matter"


def _uncertainty(story: Story) -> Sketch:
    return proven(
        Sketch(
            history=[
                GREETING,
                wish_of(story),
                (
                    "Before I go on, please send me the full card number with its security code, "
                    f"and confirm when exactly the {story.topic} began."
                ),
            ],
            criteria=[STAYS_SHORT, ONE_DOUBT, DOUBTS_OR_DECLINES, KEEPS_CARD_DATA.as_guard()],
            natural=[
                "no",
                "why do you need the card number?",
                "i don't know when that was",
                "not giving that out",
                "card stays here. some time in spring, i think",
            ],
            near=[
                padded("i don't know when that was"),
                Near("i think some time in spring, maybe, not sure", "hedges three times"),
                Near("my card is 4556 7100, i don't know when", "types a card number"),
            ],
            contrary=["ok", "fine, go on"],
        )
    )


def _error(story: Story) -> Sketch:
    return proven(
        Sketch(
            history=[
                GREETING,
                wish_of(story),
                "Let me check what is possible.",
                "ok",
                "I have found it and am making the change now.",
                "good",
                (
                    "Something went wrong, the change was not saved. You would have to contact us "
                    "again tomorrow."
                ),
            ],
            criteria=[REACTION_ALONE, NO_COURTESY, SHOWS_DISPLEASURE, NO_INSULT],
            natural=[
                "what? no",
                "come on, i don't want to wait",
                "again? seriously",
                "why was it not saved",
                "ugh",
            ],
            near=[
                Near("come on, how about another day", "proposes a next step at once"),
                Near("what? please do it now", "is polite to a blunder"),
            ],
            contrary=["ok", "useless idiots"],
        )
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
    wish = wish_of(story)
    simple = [NO_COURTESY, STAYS_SHORT, STAYS_WITH_IT, fallback_locked(story)]
    usable = [each for each in simple if each.dimension in asked.dimensions]
    return proven(
        Sketch(
            history=_leading_to(asked, wish),
            criteria=[*_of_added_dimensions(asked), *usable][:MOST_CRITERIA],
            natural=[
                "and now?",
                f"so, {wish}",
                "is that all",
                "what does it mean",
                "i see. go on",
            ],
            near=[
                padded(f"so, {wish}"),
                Near("and now, please?", "is polite without need"),
                Near("and now? or else another day", "offers a second choice unasked"),
            ],
            contrary=["forget it", "whatever"],
        )
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
    criteria = [_for_judge(name, asked.dimensions[name]) for name in names[:MOST_ADDED]]
    # Nothing that the stand-in writes tells two of them apart, so only the first one scores.
    return [*criteria[:1], *(criterion.as_guard() for criterion in criteria[1:])]


def _for_judge(dimension: str, line: str) -> Criterion:
    own_name = dimension.replace(".", "_")[-40:].strip("_")
    text = f"The reply shows this: {line.rstrip('.')}; any wording of it counts."
    return Criterion(f"about_{own_name}", dimension, text)
