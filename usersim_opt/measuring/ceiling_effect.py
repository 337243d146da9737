"""Whether a prompt is at the ceiling of its rubric, so that no better one can be told from it.

A questionnaire has a ceiling effect where more than 15 % of the respondents have the highest score
(Terwee et al. 2007, Journal of Clinical Epidemiology 60:34, with 50 respondents or more). Here
replies are the respondents, and the highest score is to pass every criterion.

Not covered: which criteria to make harder; that is item analysis.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from usersim_opt.basics.figures import share_text
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.outcome import Outcome

MOST_AT_TOP = 0.15
FEWEST_REPLIES = 50
MOST_NEVER_FAILED = 0.8
"""Share of the criteria that no reply failed from which the rubric is said to see too little."""
WHAT_HELPS = (
    "A better prompt could hardly be told from this one; docs/rubrics.md says how to make criteria "
    "harder, usersim-opt items which."
)


@dataclass(frozen=True)
class CeilingEffect:
    """How many replies and criteria of an evaluation are at the top."""

    replies: int
    """Replies with a score."""
    at_top: int
    """Replies that pass all criteria that were scored."""
    criteria: int
    """Criteria that were scored, each once per scenario."""
    never_failed: int
    """Criteria that no reply failed."""

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "CeilingEffect":
        """Of the replies of one prompt."""
        graded = [outcome for outcome in outcomes if outcome.scored]
        passed: dict[tuple[str, str], bool] = {}
        for outcome in graded:
            for verdict in outcome.scored_verdicts:
                key = (outcome.scenario, verdict.criterion)
                passed[key] = passed.get(key, True) and verdict.passed
        at_top = sum(not outcome.fails for outcome in graded)
        return cls(len(graded), at_top, len(passed), sum(passed.values()))

    @property
    def is_there(self) -> bool:
        """Whether the effect is there beyond doubt.

        More than 15 % of 50 replies or more are at the top, by the lower end of Wilson's interval,
        and no reply failed four fifths of the criteria.
        """
        low, _ = wilson(self.at_top, self.replies)
        is_blunt = self.never_failed >= MOST_NEVER_FAILED * self.criteria
        return self.replies >= FEWEST_REPLIES and low > MOST_AT_TOP and is_blunt

    @property
    def note(self) -> str:
        """What has to be said of it and what helps; empty where there is no such effect."""
        return f"Ceiling: {self.finding}. {WHAT_HELPS}" if self.is_there else ""

    @property
    def finding(self) -> str:
        """How many replies and criteria are at the top, in words."""
        top = f"{self.at_top:,} of {self.replies:,} replies pass every criterion"
        never = f"{self.never_failed:,} of {self.criteria:,} criteria were failed by none"
        limit = f"above {share_text(MOST_AT_TOP)} is a ceiling effect"
        return f"{top} ({limit}), {never}"
