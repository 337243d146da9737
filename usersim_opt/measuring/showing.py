"""What a judge is shown of a scenario: the story only where a criterion needs it.

Most criteria are decided on the conversation and the reply. One that says `sees: story` is decided
with the private story beside them: that a reply makes something up cannot be told without it. Such
criteria are put to the judge in a call of their own, so that the story colours no other verdict.

What such a verdict says of the story goes no further: see quoting.py.
"""

from collections.abc import Sequence

from usersim_opt.measuring.judge import Judge, verdicts_by
from usersim_opt.measuring.outcome import Verdict, undecided_verdict
from usersim_opt.scenarios.records import Criterion, Scenario

NOT_SHOWN = "the judge cannot be shown the private story, which this criterion needs"
NO_STORY = "the private story, which this criterion needs, is not at hand"


def takes_story(judge: object) -> bool:
    """Whether a judge can be shown the private story: it says so by `sees_story`."""
    return getattr(judge, "sees_story", False) is True


def questions(judge: Judge, criteria: Sequence[Criterion]) -> int:
    """How many times the judge is asked about one reply: once with the story, once without."""
    private = any(criterion.sees == "story" for criterion in criteria) and takes_story(judge)
    return private + any(criterion.sees == "chat" for criterion in criteria)


def verdicts_on(
    judge: Judge, scenario: Scenario, reply: str, criteria: Sequence[Criterion]
) -> dict[str, Verdict]:
    """A judge's verdicts on some of a scenario's criteria, by criterion, in their order.

    Raises what `verdicts_by` raises.
    """
    chat = [criterion for criterion in criteria if criterion.sees == "chat"]
    private = [criterion for criterion in criteria if criterion.sees == "story"]
    found = verdicts_by(judge, scenario.history, reply, criteria=chat) if chat else {}
    found |= _with_story(judge, scenario, reply, private) if private else {}
    return {criterion.id: found[criterion.id] for criterion in criteria}


def _with_story(
    judge: Judge, scenario: Scenario, reply: str, criteria: Sequence[Criterion]
) -> dict[str, Verdict]:
    story = scenario.moment.story
    if not story or not takes_story(judge):
        why = NOT_SHOWN if story else NO_STORY
        return {criterion.id: undecided_verdict(criterion.id, why) for criterion in criteria}
    return verdicts_by(judge, scenario.history, reply, criteria=criteria, story=story)
