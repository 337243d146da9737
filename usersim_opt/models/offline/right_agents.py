"""The situations in which the agent is right or done, by rule from a private story.

What the agent plans or has done is what the customer has asked for, in the same words, so it is
right.
"""

from collections.abc import Callable, Iterable, Mapping

from usersim_opt.models.offline.criteria import (
    NO_COURTESY,
    STAYS_SHORT,
    Criterion,
    content_words,
    fallback_locked,
)
from usersim_opt.models.offline.situations import GREETING, padded, wish_of
from usersim_opt.models.offline.sketches import Near, Sketch, proven
from usersim_opt.models.offline.story import Story, core, is_about_payment

_YES_WORDS = 8
_BYE_WORDS = 6
_YES = ["@agreement", "please do", "go for it", "confirmed", "y"]
_PARTING = [
    "no",
    "nope",
    "bye",
    "that was all",
    "that is all",
    "that's all",
    "@thanks",
    "@agreement",
]
_ARRIVED = [
    "oh",
    "ah",
    "hm",
    "right",
    "i see",
    "pity",
    "too bad",
    "ok",
    "okay",
    "then",
    "didn't know",
]
_FIGHTS = [
    *("that is wrong", "that's wrong", "not true", "you are wrong", "i insist", "i don't accept"),
    *("check again", "check that again", "i know what"),
]
_KNEW = ["i knew", "i know that", "i was aware", "of course i", "as i said", "i said so"]

SAYS_YES = Criterion(
    "says_yes",
    "communication_style.acknowledgement",
    "The reply accepts the plan, which is right in every point; any yes counts.",
    {"any_of": _YES},
)
A_YES_IS_SHORT = Criterion(
    "a_yes_is_short",
    "information_pattern.words_per_turn",
    f"The reply has at most {_YES_WORDS} words; a yes takes no more.",
    {"max_words": _YES_WORDS},
)
STAYS = Criterion(
    "stays",
    "conversation_end.waiting",
    "The customer does not leave the chat; the agent has not said that all is done.",
    {"stops": False},
)
LEAVES = Criterion(
    "leaves",
    "conversation_end.leaving",
    "The customer leaves, with a word or without one; a no or a thanks counts as a goodbye.",
    {"any": [{"stops": True}, {"any_of": _PARTING}]},
)
A_GOODBYE_IS_SHORT = Criterion(
    "a_goodbye_is_short",
    "communication_style.shortness",
    f"The reply has at most {_BYE_WORDS} words; all is said.",
    {"max_words": _BYE_WORDS},
)
ASKS_NOTHING = Criterion(
    "asks_nothing",
    "clarification.info_seeking_questions",
    "The reply asks nothing; all is done.",
    {"asks": False},
)
ONE_COURTESY = Criterion(
    "one_courtesy",
    "communication_style.politeness",
    "Thanks or a please come once at the most.",
    {"max_times": {"n": 1, "of": ["@thanks", "@please"]}},
)
ARRIVES = Criterion(
    "arrives",
    "communication_style.acknowledgement",
    "The reply shows that the news has arrived; an oh, a question or the second choice counts.",
    {"any": [{"asks": True}, {"any_of": _ARRIVED}]},
)
DOES_NOT_FIGHT = Criterion(
    "does_not_fight",
    "clarification.pushback",
    "The reply does not dispute what the agent says, which is right.",
    {"none_of": _FIGHTS},
)
DID_NOT_KNOW = Criterion(
    "did_not_know",
    "clarification.certainty_expression",
    "The customer does not claim to have known it before.",
    {"none_of": _KNEW},
)


def _nothing_again(story: Story) -> list[Criterion]:
    """That code and date of the plan do not return, if it has any."""
    facts = [*story.codes[:1], *story.dates[:1]]
    again = Criterion(
        "nothing_again",
        "communication_style.repetition",
        "The reply says nothing of the plan again; the agent has it right.",
        {"none_of": facts},
    )
    return [again] if facts else []


def _names(wish: str) -> Criterion:
    return Criterion(
        "names_what_is_open",
        "conversation_end.waiting",
        "The reply names the wish that has not come up; one word of it is enough.",
        {"any_of": content_words(wish)},
    )


def _wishes(story: Story) -> list[str]:
    return [wish for wish in story.wishes if not is_about_payment(wish)]


def _said_again(story: Story) -> Iterable[Near]:
    for fact in (*story.codes[:1], *story.dates[:1]):
        yield Near(f"yes, {fact}", "says again what the agent has right")


def _agreement(story: Story) -> Sketch:
    turns = [
        GREETING,
        wish_of(story),
        f'To confirm, your request: "{wish_of(story)}". Shall I go ahead?',
    ]
    return _consent(story, turns)


def _last_yes(story: Story) -> Sketch:
    """The end of a chat where the agent has not acted yet."""
    turns = [
        GREETING,
        wish_of(story),
        "Let me have a look at that.",
        "ok",
        f'I have your request here: "{wish_of(story)}". Do you confirm (yes/no)?',
    ]
    return _consent(story, turns)


def _consent(story: Story, turns: list[str]) -> Sketch:
    return proven(
        Sketch(
            history=turns,
            criteria=[SAYS_YES, A_YES_IS_SHORT, STAYS, *_nothing_again(story)],
            natural=["yes", "ok", "yep, do it", "go ahead", "sounds good to me"],
            near=[
                Near("yes, do that, and then tell me when it is done", "says more than a yes"),
                Near("yes ###STOP###", "leaves before the agent has acted"),
                *_said_again(story),
            ],
            contrary=["no", "hm ###STOP###"],
        )
    )


def _ending(story: Story) -> Sketch:
    """One of the three ends; a story with a second wish has that one open."""
    if len(_wishes(story)) > 1:
        return _open_end(story)
    return _last_yes(story) if len(story.text) % 2 else _good_end(story)


def _done(story: Story) -> list[str]:
    return [
        GREETING,
        wish_of(story),
        f'I can do that for you: "{wish_of(story)}". Is that right?',
        "yes",
        f'That is done: "{wish_of(story)}". Is there anything else?',
    ]


def _good_end(story: Story) -> Sketch:
    return proven(
        Sketch(
            history=_done(story),
            criteria=[LEAVES, A_GOODBYE_IS_SHORT, ASKS_NOTHING, ONE_COURTESY],
            natural=["###STOP###", "no, thanks", "great, bye", "ok", "that was all"],
            near=[
                Near("no, that was all i wanted to have done", "says a goodbye in a sentence"),
                Near("no, thanks, thank you", "thanks twice"),
                Near("ok. when does the mail come?", "asks on where all is done"),
            ],
            contrary=["and now?", "took you long enough"],
        )
    )


def _open_end(story: Story) -> Sketch:
    wish = core(_wishes(story)[1])
    telling = content_words(wish)
    first, last = " ".join(telling[:2]), " ".join(telling[-3:])
    return proven(
        Sketch(
            history=_done(story),
            criteria=[_names(wish), STAYS, STAYS_SHORT, NO_COURTESY],
            natural=[
                wish,
                f"yes, {last}",
                f"one more thing, it is about {first}",
                f"and the other one? {last} i mean",
                f"wait, not yet. {first}",
            ],
            near=[
                padded(f"yes, {wish}"),
                Near(f"{wish} ###STOP###", "leaves with a wish open"),
                Near(f"yes please, {wish}", "is polite without need"),
            ],
            contrary=["no", "no ###STOP###"],
        )
    )


def _corrected(story: Story) -> Sketch:
    last = "I am sorry, the rules do not allow that, and it is the same for all of our customers."
    if story.doubts:
        last = (
            "I have looked at the records. In fact it is not as you say, but the other way round."
        )
    return proven(
        Sketch(
            history=[GREETING, wish_of(story), last],
            criteria=[DOES_NOT_FIGHT, ARRIVES, DID_NOT_KNOW, NO_COURTESY, fallback_locked(story)],
            natural=[
                "oh ok",
                "ah, didn't know that",
                "hm. and now?",
                "pity",
                "too bad, leave it then",
            ],
            near=[
                Near("hm, ok, but i insist", "goes on fighting"),
                Near("oh ok, i knew that", "claims to have known it"),
                Near("oh, my bad", "apologises where nobody was harmed"),
            ],
            contrary=["that is wrong", "whatever"],
        )
    )


WHERE_THE_AGENT_IS_RIGHT: Mapping[str, Callable[[Story], Sketch]] = {
    "agreement": _agreement,
    "ending": _ending,
    "corrected": _corrected,
}
"""By type."""
