"""How like people a simulated customer is, on conversations that were recorded.

    uso.realism.extract_features(conversation)            # 19 features of one conversation
    uso.realism.score_usi(model, human, difficulty=...)   # the User-Sim Index
    uso.realism.measure(results)                          # everything, also without people
    uso.realism.consistency(talks, tasks)                 # whether customers keep to their stories
    uso.realism.track_goals(talks, tasks, judge=lm)       # what becomes of their goals
    uso.realism.coverage_of(talks, reference=people)      # whether customers differ enough
    uso.realism.PersonaSampler().sample(25)               # personas that cover the manners

Figures have an interval over tasks and a noise floor. docs/realism.md, docs/coverage.md and
docs/consistency.md say what they are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from usersim_opt.customer.difficulty import difficulty
from usersim_opt.realism.card import CARD
from usersim_opt.realism.corrected import corrected_features
from usersim_opt.realism.coverage.comparison import compare_coverage
from usersim_opt.realism.coverage.measured import coverage, coverage_of
from usersim_opt.realism.coverage.sampler import PersonaSampler
from usersim_opt.realism.coverage.shown import Coverage
from usersim_opt.realism.coverage.sides import CoverageComparison
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.report import Measured, measure
from usersim_opt.realism.result_sets import ResultSet, read_result_set
from usersim_opt.realism.shown import as_text
from usersim_opt.realism.survey import read_answers, survey_form, take_survey
from usersim_opt.realism.usi import UsiScore, score_usi

if TYPE_CHECKING:  # they ask models; what counts words can be used without dspy
    from usersim_opt.realism.contradictions.measuring import consistency, consistency_price
    from usersim_opt.realism.contradictions.result import Consistency
    from usersim_opt.realism.goals.result import Goals
    from usersim_opt.realism.goals.steering import GoalSteering
    from usersim_opt.realism.goals.tracking import goals_price, track_goals

__all__ = [
    "CARD",
    "Consistency",
    "Coverage",
    "CoverageComparison",
    "GoalSteering",
    "Goals",
    "Measured",
    "PersonaSampler",
    "ResultSet",
    "UsiScore",
    "as_text",
    "compare_coverage",
    "consistency",
    "consistency_price",
    "corrected_features",
    "coverage",
    "coverage_of",
    "difficulty",
    "extract_features",
    "goals_price",
    "measure",
    "read_answers",
    "read_result_set",
    "score_usi",
    "survey_form",
    "take_survey",
    "track_goals",
]

_HOME = {
    "Consistency": "contradictions.result",
    "GoalSteering": "goals.steering",
    "Goals": "goals.result",
    "consistency": "contradictions.measuring",
    "consistency_price": "contradictions.measuring",
    "goals_price": "goals.tracking",
    "track_goals": "goals.tracking",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'usersim_opt.realism' has no attribute {name!r}")
    return getattr(import_module(f"usersim_opt.realism.{_HOME[name]}"), name)
