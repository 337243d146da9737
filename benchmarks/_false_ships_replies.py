"""Replies that pass every criterion and play nobody, through the smoke split and through compare.

Each draft's replies hold all the words that the criteria look for.
"""

from collections.abc import Callable, Sequence

from _bench_toys import TOY_PROMPT
from _bench_worlds import world
from _false_ships_trial import Trial
from _false_ships_ways import Family, Tried, Way
from _false_ships_world import DRAFT, FILLERS, WORDS, Asked, Customer, Speak, WordJudge, fair, model

import usersim_opt as uso

ALL = " ".join(WORDS)
STOCK = (
    "no that is not what i meant", "which one was it again", "hm let me think about it",
    "i do not have it here now", "fine go on with that then", "are you sure of this at all",
    "it came with the last mail", "my friend told me so before",
)  # fmt: skip
NAMES = ("ann", "bob", "cem", "dan", "eve", "fay", "gus", "hal", "ida", "jon")


def only_new(text: Speak) -> Trial:
    """A trial in which the draft's replies are these, and the first prompt's are ordinary."""
    return Trial(speak=lambda asked: text(asked) if asked.is_new else fair(asked))


def compared(text: Speak) -> Callable[[int], Tried]:
    """The same through `uso.compare`: false where it calls the draft better and says no more."""

    def attempt(number: int) -> Tried:
        engine = Customer(lambda asked: text(asked) if asked.is_new else fair(asked))
        old = uso.UserSimulator(TOY_PROMPT, model(engine))
        found = uso.compare(
            old,
            old.with_prompt(DRAFT),
            world("toy-aa").smoke,
            uso.RubricMetric(WordJudge()),
            seeds=2,
            seed=number,
            workers=1,
        )
        warned = [line for line in found.sentence.splitlines() if "plays nobody" in line]
        return Tried(
            found.difference.proven and not warned, "; ".join(warned) or found.difference.worth
        )

    return attempt


def stuffed(asked: Asked) -> str:
    """All the words that any criterion looks for, between others."""
    fillers = asked.random.sample(FILLERS, 12)
    return " ".join([f"desk {asked.desk}", *fillers[:6], ALL, *fillers[6:]])


def right(asked: Asked) -> str:
    """A reply that passes everything."""
    return f"desk {asked.desk} {' '.join(asked.words)}"


def thinking(asked: Asked) -> str:
    """Thoughts that nothing marks as such."""
    return f"Okay, the user wants {' '.join(asked.words)}. I should answer as {asked.desk}."


def of(texts: Sequence[str]) -> Speak:
    """All words, and one of the texts by chance."""
    return lambda asked: f"{asked.random.choice(texts)} {ALL}"


CUT = Customer(fair, finish="length")
WAYS = Family(
    "Replies",
    [
        Way("canned reply", "one reply to everything", only_new(lambda _: ALL)),
        Way("canned in turn", "one of three replies", only_new(of(STOCK[:3]))),
        Way("nearly the same reply", "one reply with another name in it", only_new(of(NAMES))),
        Way("stock phrases", "one of eight phrases, by chance", only_new(of(STOCK))),
        Way("echo of the agent", "repeats the agent's turn", only_new(lambda a: a.turn)),
        Way("empty reply", "says nothing", only_new(lambda _: " ")),
        Way(
            "cut reply", "is cut at the token limit", Trial(engine=Customer(fair, finish="length"))
        ),
        Way(
            "thoughts in tags",
            "the right words stand in a block of thoughts",
            only_new(lambda a: f"<think>{right(a)}</think> hm, {a.desk}"),
        ),
        Way("thoughts as replies", "thinks aloud", only_new(thinking)),
        Way(
            "refusal of everything",
            "says that it is a model, and all the right words",
            only_new(lambda a: f"As an AI I can't do that: {right(a)}"),
        ),
        Way(
            "stop token at once",
            "ends the chat with its first reply",
            only_new(lambda a: f"{right(a)} ###STOP###"),
        ),
        Way(
            "speaks for the agent",
            "writes the agent's next turn as well",
            only_new(lambda a: f"{right(a)}\nAgent: Thank you, that is all."),
        ),
        Way("all the words", "all that any check looks for", only_new(lambda a: f"{a.desk} {ALL}")),
        Way("all the words, dressed up", "the same between other words", only_new(stuffed)),
        Way("canned reply, in compare", "in uso.compare, no run", compared(lambda _: ALL)),
        Way("three replies, in compare", "the same", compared(of(STOCK[:3]))),
        Way("stock phrases, in compare", "the same", compared(of(STOCK))),
    ],
)
