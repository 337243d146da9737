"""What a prompt is worth in the toy worlds, exactly: the chance that a reply passes a criterion.

A prompt is worth what its sentences do. Each criterion asks for one of eight words, and each word
has a sentence that makes it likelier:

    toy             each of the 8 sentences helps its own word, 4 more sentences hurt two words each
    pairs           4 of the 8 help only beside another one
    contradictions  4 of the 8 help only where another one, which undoes them, is not there
    length          three words stand for criteria that short replies pass; one sentence helps its
                    own word and lengthens the reply
    saturated       a reply passes 97 % without any of them, 99 % with the sentence
    correlated      as in the toy, but the verdicts on one reply correlate at .6

In the A/A twin of each no prompt is better than another on new tasks: every prompt but the seed
prompt brings every task a shift of its own, of .3 logits, which gains nothing on average.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random

import numpy as np

from usersim_opt.basics.power import logit_of

TASK_SPREAD = 0.3
"""Logits by which a prompt does better or worse in a task of an A/A world."""
RULES = {  # what helps, by the word with which a reply shows that the criterion is passed
    "amber": ("communication_style.shortness", "Look at the clock before you type."),
    "birch": ("communication_style.politeness", "Think of a rainy morning at home."),
    "cobalt": ("communication_style.formality", "Hold the telephone in your left hand."),
    "dune": ("communication_style.repetition", "Picture the queue behind the counter."),
    "ember": ("information_pattern.words_per_turn", "Remember where the receipt is kept."),
    "fjord": ("clarification.pushback", "Imagine that lunch is getting cold."),
    "grove": ("clarification.uncertainty_expression", "Let the kettle boil while waiting."),
    "heron": ("error_reaction.emotional_pattern", "Count the coins inside your pocket."),
}
HARMFUL = {  # each hits two of the words
    "Admire every painting on the wall.": ("amber", "birch"),
    "Whistle an old song under your breath.": ("cobalt", "dune"),
    "Water the plants beside the window.": ("ember", "fjord"),
    "Polish both shoes until they shine.": ("grove", "heron"),
}
SENTENCES = (*(sentence for _, sentence in RULES.values()), *HARMFUL)
PAIRED = {"ember": "fjord", "fjord": "ember", "grove": "heron", "heron": "grove"}
SHORT, LENGTHENING = ("amber", "dune", "ember"), "cobalt"


@dataclass(frozen=True)
class Worth:
    """What the sentences do in one kind of world; all are chances, or differences of them."""

    base: float = 0.40
    help: float = 0.40
    harm: float = 0.15
    lengthening: float = 0.0
    """What a longer reply costs each of the short criteria."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """By word another one, beside whose sentence alone its own helps."""
    undone: Mapping[str, str] = field(default_factory=dict)
    """By word another one, whose sentence undoes its own."""
    correlation: float = 0.0
    """That of two verdicts on one reply that have the same chance."""

    def chance(self, prompt: str, word: str) -> float:
        """The chance that a reply under this prompt passes the criterion of a word, 0 to 1."""
        harmed = sum(word in hit and sentence in prompt for sentence, hit in HARMFUL.items())
        is_long = word in SHORT and _says(prompt, LENGTHENING)
        gained = self.help * self._helps(prompt, word)
        return self.base + gained - self.harm * harmed - self.lengthening * is_long

    def _helps(self, prompt: str, word: str) -> bool:
        """Whether the sentence of the word is there and at work."""
        other, enemy = self.needs.get(word), self.undone.get(word)
        alone = other is not None and not _says(prompt, other)
        undone = enemy is not None and _says(prompt, enemy)
        return _says(prompt, word) and not alone and not undone

    def shifted(self, system: str) -> float:
        """The chance in the A/A world, given a whole system message: a prompt and a task's story.

        The mean over tasks is the base.
        """
        shift = Random(f"shift:{system}").gauss(0, TASK_SPREAD)  # noqa: S311 - reproducible
        return float(1 / (1 + np.exp(-_centre(self.base) - shift)))


@cache
def _centre(base: float) -> float:
    """The logit around which the shifted chances have this mean."""
    return float(logit_of(np.array([base]), TASK_SPREAD)[0])


def _says(prompt: str, word: str) -> bool:
    """Whether the sentence of a word is in the prompt."""
    return RULES[word][1] in prompt


WORTHS: Mapping[str, Worth] = {
    "toy": Worth(),
    "pairs": Worth(needs=PAIRED),
    "contradictions": Worth(undone=PAIRED),
    "length": Worth(lengthening=0.25),
    "saturated": Worth(base=0.97, help=0.02),
    "correlated": Worth(correlation=0.6),
}
"""By the name of the world."""
