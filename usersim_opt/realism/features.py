r"""The 19 features of a conversation: words and counts of what the customer says.

Definitions of the User-Sim Index (arXiv 2603.11245), quirks included, so that figures can be set
beside published ones; corrected.py mends the quirks under names of its own.

    >>> extract_features([{"role": "user", "content": "ok, thanks"}])["politeness_rate"]
    1.0

Not covered: other languages than English (only the lengths mean anything there); a turn of tens of
thousands of word characters without a blank, which the scan for identifiers reads slowly.
"""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from usersim_opt.realism.phrases import PATTERNS, PHRASES
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.turns import Conversation, Turns, turns_of

Features = dict[str, float]
"""Values by the name of the feature."""

SHORT = 3
"""Words of a short turn, at most."""
OFTEN = 10
"""A trigram is repeated where it stands more often than this in one conversation."""
_DASHES = ("\u2014", "\u2013")
AFTER_ACK = re.compile(r"[\s!.,-]+\Z")
"""What may stand behind a bare acknowledgement."""
_ACKS = frozenset(PHRASES["ack"])
_QUESTIONS = ("pushback", "clarify", "info")
"""A turn counts as the first of these that it matches."""
# A word begins there, or its rest behind a user id: from each letter it would take the square.
_FROM = r"(?:(?<!\w)|(?<=_\d\d\d)(?!\d)|(?<=_\d\d\d\d)(?!\d))"
_IDENTIFIER = re.compile(
    rf"""
    (?<!\w)[a-z0-9]{{6,}}(?!\w)
    | (?:\#|{_FROM})\w*\d{{5}}\w*
    | {_FROM}\w[^\W_]*+_\w+_\d{{3,}}
    | (?:gift_card|credit_card|paypal)_\w+
    | {_FROM}\w+@\w+\.\w+
    """,
    re.VERBOSE,
)


def extract_features(conversation: Conversation, source: str = "llm") -> Features | None:
    """The 19 features of a conversation, in the order of features.yaml.

    `conversation` is a list of `{"role": ..., "content": ...}`; the customer's role is `user`.
    `source` says whose meta messages are dropped: `llm` (a bare ###STOP###), `human` (commands and
    canvas marks of the human data); any other name drops nothing. None where the customer says
    nothing. Rates are shares of the customer's turns, 0 to 1; features.yaml has the units.
    InputError for what is no list of messages.
    """
    turns = turns_of(conversation, source)
    if not turns.texts:
        return None
    return dict(zip(FEATURES, _values(turns), strict=True))


# A report measures the same conversation for its table and for the index.
@lru_cache(maxsize=2048)
def _values(turns: Turns) -> tuple[float, ...]:
    return tuple(float(_MEASURES[name](turns)) for name in FEATURES)


def _listed(name: str, turns: Turns) -> float:
    """The share of turns that match a list."""
    return turns.rate(PATTERNS[name].search)


def _question(name: str, turns: Turns) -> float:
    """The share of turns that match a list of questions and none of those before it."""
    return turns.rate(lambda text: _kind_of(text) == name)


@lru_cache(maxsize=1024)  # asked once for each kind
def _kind_of(text: str) -> str:
    return next((name for name in _QUESTIONS if PATTERNS[name].search(text)), "")


def _short(turns: Turns) -> float:
    return sum(length <= SHORT for length in turns.lengths) / len(turns.lengths)


def _dashed(turns: Turns) -> float:
    return turns.rate(lambda text: any(dash in text for dash in _DASHES))


def _ack_only(turns: Turns) -> float:
    return turns.rate(lambda text: AFTER_ACK.sub("", text.strip()) in _ACKS)


def _variation(turns: Turns) -> float:
    mean = statistics.fmean(turns.lengths)
    return statistics.pstdev(turns.lengths) / mean if mean else 0.0


def _repeats(turns: Turns) -> float:
    counts = Counter(trigram for text in turns.lower for trigram in _trigrams(text.split()))
    return float(any(count > OFTEN for count in counts.values()))


def _trigrams(words: list[str]) -> Iterable[tuple[str, str, str]]:
    return zip(words, words[1:], words[2:], strict=False)


def _confused(turns: Turns) -> float:
    return float(_listed("id_confuse", turns) > 0)


def _frontload(turns: Turns) -> float:
    total = sum(turns.lengths)
    return sum(turns.lengths[:2]) / total if total else 0.0


def _identifiers(turns: Turns) -> float:
    return statistics.fmean(len(_IDENTIFIER.findall(text)) for text in turns.lower)


_MEASURES: dict[str, Callable[[Turns], float]] = {
    "politeness_rate": partial(_listed, "politeness"),
    "short_msg_rate": _short,
    "formality_rate": _dashed,
    "ack_only_rate": _ack_only,
    "verbosity_cv": _variation,
    "repeat_rate": _repeats,
    "id_confuse_rate": _confused,
    "info_frontload": _frontload,
    "id_density": _identifiers,
    "user_words_per_turn": lambda turns: statistics.fmean(turns.lengths),
    "opening_words": lambda turns: turns.lengths[0],
    "uncertainty_rate": partial(_listed, "uncertainty"),
    "certainty_rate": partial(_listed, "certainty"),
    "pushback_q_rate": partial(_question, "pushback"),
    "clarify_q_rate": partial(_question, "clarify"),
    "info_q_rate": partial(_question, "info"),
    "emotion_rate": partial(_listed, "emotion"),
    "accusation_rate": partial(_listed, "accusation"),
    "pivot_rate": partial(_listed, "pivot"),
}
"""How each feature is measured."""
