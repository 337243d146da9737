"""Do replies depend on the conversation? A prompt that always answers "no, what?" plays nobody.

Such replies break few rules, so the score does not see them. Four signs give them away:

    one reply    more than half of the scenarios get the same reply, or all of a few
    in turn      two or three replies together serve most scenarios
    stock words  most replies have no word that is not in replies to three other tasks as well
    no reference replies have no more words in common with their own scenario than with the others

Replies are the same where their words are, or, from four different words on, seven tenths of them.
Numbers that the scenario does not have count as one word: "no 2 turns" and "no 4 turns" are the
same, two orders' numbers are not. Stock words give away whoever
refuses everything, in however many ways: of the shortest natural examples of the airline data at
most 40 in 100 have no other words, of a strong model's replies 1 in 100, of three refusals dealt by
chance to twenty scenarios 65 or more.
For the last sign each word that a reply shares with a scenario (its chat, and the customer's story)
counts 1 / the number of scenarios that have it; the reply refers to its own scenario where that sum
is larger than the mean over the scenarios of other tasks. Of 400 replies of a strong model 98 in
100 did so, of eight stock phrases dealt by chance 39.

Repeats of one scenario may well be alike, so only the first reply to each counts. Short answers are
natural in some moments: "yes" to "Shall I go ahead?". Where a natural example of the scenario is as
short as one or two words, such a reply says nothing of the prompt and is left out.

Not covered: few replies. All but one reply to everything takes eight replies to be seen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from usersim_opt.basics.text import common_share, fold, word_set
from usersim_opt.measuring.outcome import Outcomes
from usersim_opt.scenarios.records import Scenario, Scenarios

MIN_REPLIES, FEW_REPLIES = 4, 8
"""Below the first nothing is said; below the second only if all replies are the same: terse people
say "no" twice in five times."""
MAX_SHARES = (0.5, 0.75, 0.85)
"""Share of the scenarios that may get the same reply, one of two replies, one of three."""
SAME_WORDS, LEAST_WORDS = 0.7, 4
"""Common words / all words of replies that count as the same, from so many different words on."""
BARE = 2
"""Words of a short answer."""
LONG_REPLY = 5
"""Different words from which on a reply has room to refer to something."""
LEAST_REFERRING = 0.5
"""Share of the longer replies that must have more in common with their own scenario."""
STOCK_TASKS = 3
"""Other tasks whose replies must have a word too, for it to be stock."""
MAX_STOCK = 0.6
"""Share of the replies that may be made of stock words alone."""
_WORD = re.compile(r"[\w']+")
_NUMBER = re.compile(r"\b\d+\b")
_LONG_WORD = 4
"""Letters from which on a word says something; words with a digit always do."""


@dataclass(frozen=True)
class _Reply:
    """The first reply to a scenario."""

    scenario: str
    said: str
    given: frozenset[str] = frozenset()
    """The numbers that stand in the scenario: an order's tells whose reply it is."""

    @cached_property
    def kind(self) -> str:
        """The reply without what does not tell it from others: case, signs, numbers of its own."""
        plain = _NUMBER.sub(lambda n: n[0] if n[0] in self.given else "0", fold(self.said))
        return " ".join(_WORD.findall(plain))

    @cached_property
    def words(self) -> frozenset[str]:
        """The different words, numbers of its own as one."""
        return frozenset(self.kind.split())

    @property
    def task(self) -> str:
        return self.scenario.partition(".")[0]

    def is_like(self, other: "_Reply") -> bool:
        """Whether both say the same, or nearly."""
        if self.kind == other.kind:
            return True
        is_long = min(len(self.words), len(other.words)) >= LEAST_WORDS
        return is_long and common_share(self.words, other.words) >= SAME_WORDS


def collapsed(outcomes: Outcomes, scenarios: Scenarios) -> str:
    """Why the replies do not depend on the conversation any more; empty if they do."""
    replies = list(_firsts(outcomes, scenarios))
    if len(replies) < MIN_REPLIES:
        return ""
    return _canned(replies) or _of_stock(replies) or _without_reference(replies, scenarios)


def _firsts(outcomes: Outcomes, scenarios: Scenarios) -> Iterable[_Reply]:
    for outcome in outcomes:
        reply = _Reply(outcome.scenario, outcome.reply, _numbers_in(scenarios, outcome.scenario))
        is_bare = len(reply.words) <= BARE and _may_be_bare(scenarios.get(outcome.scenario))
        if outcome.repeat == 0 and outcome.reply and not is_bare:
            yield reply


def _numbers_in(scenarios: Scenarios, name: str) -> frozenset[str]:
    """The numbers in a scenario's chat and story; none where the scenario is not known."""
    scenario = scenarios.get(name)
    told = [*scenario.chat, scenario.moment.story] if scenario else []
    return frozenset(number for text in told for number in _NUMBER.findall(text))


def _may_be_bare(scenario: Scenario | None) -> bool:
    """Whether one or two words are a natural reply to a scenario."""
    natural = scenario.examples.natural if scenario and scenario.examples else ()
    return any(len(word_set(reply)) <= BARE for reply in natural)


# -- the same reply, or a few in turn ------------------------------------------------------------


def _canned(replies: Sequence[_Reply]) -> str:
    """Why so few replies serve so many scenarios; empty if they do not."""
    groups, left = [], list(replies)
    for most in MAX_SHARES:
        largest = _largest_group(left)
        groups.append(largest)
        left = [reply for reply in left if reply not in largest]
        served = len(replies) - len(left)
        if served > _most_served(len(replies), most):
            return _in_words(groups, served, len(replies))
        if len(replies) < FEW_REPLIES or not left:
            break
    return ""


def _largest_group(replies: Sequence[_Reply]) -> list[_Reply]:
    """The replies that are like one of them, where those are most."""
    return max(([other for other in replies if one.is_like(other)] for one in replies), key=len)


def _most_served(replies: int, share: float) -> float:
    """How many of so many replies may be the same, or of a few kinds."""
    return share * replies if replies >= FEW_REPLIES else replies - 1


def _in_words(groups: Sequence[Sequence[_Reply]], served: int, of: int) -> str:
    said = " and ".join(repr(group[0].said[:40]) for group in groups)
    kind = "the same reply" if len(groups) == 1 else f"one of {len(groups)} replies"
    return f"{kind}, {said}, was given to {served} of {of} scenarios"


# -- stock words ---------------------------------------------------------------------------------


def _of_stock(replies: Sequence[_Reply]) -> str:
    """Why the replies are put together from the same few words; empty if they are not."""
    if len(replies) < FEW_REPLIES:
        return ""
    tasks: dict[str, set[str]] = {}
    for reply in replies:
        for word in reply.words:
            tasks.setdefault(word, set()).add(reply.task)

    def is_stock(reply: _Reply) -> bool:
        return all(len(tasks[word] - {reply.task}) >= STOCK_TASKS for word in reply.words)

    stock = [reply for reply in replies if is_stock(reply)]
    if len(stock) <= MAX_STOCK * len(replies):
        return ""
    said = " and ".join(dict.fromkeys(repr(reply.said[:40]) for reply in stock[:3]))
    return (
        f"{len(stock)} of {len(replies)} replies, such as {said}, have no word that replies to "
        "other tasks do not have"
    )


# -- reference to the scenario -------------------------------------------------------------------


def _without_reference(replies: Sequence[_Reply], scenarios: Scenarios) -> str:
    """Why the replies have nothing to do with their scenarios; empty if they have."""
    told = {
        reply.scenario: _told(scenarios[reply.scenario])
        for reply in replies
        if reply.scenario in scenarios
    }
    weights = Counter(word for words in told.values() for word in words)
    long = [each for each in replies if len(each.words) >= LONG_REPLY and each.scenario in told]
    referring = sum(_refers(each, told, weights) for each in long)
    if len(long) < FEW_REPLIES or referring > LEAST_REFERRING * len(long):
        return ""
    return (
        f"only {referring} of {len(long)} replies refer to their own conversation "
        "more than to the others"
    )


def _told(scenario: Scenario) -> frozenset[str]:
    """The words of a chat and of the customer's story."""
    words = word_set(" ".join([*scenario.chat, scenario.moment.story]))
    return frozenset(word for word in words if _says_something(word))


def _says_something(word: str) -> bool:
    return len(word) >= _LONG_WORD or any(character.isdigit() for character in word)


def _refers(reply: _Reply, told: dict[str, frozenset[str]], weights: Counter[str]) -> bool:
    """Whether a reply has more in common with its own scenario than with those of other tasks."""
    own = word_set(reply.said)

    def common(words: frozenset[str]) -> float:
        return sum(1 / weights[word] for word in sorted(own & words))

    others = [words for name, words in told.items() if name.partition(".")[0] != reply.task]
    mean = sum(map(common, others)) / len(others) if others else 0.0
    return common(told[reply.scenario]) > mean
