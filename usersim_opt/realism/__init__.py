"""How like people a simulated customer is, on conversations that were recorded.

    uso.realism.extract_features(conversation)            # 19 features of one conversation
    uso.realism.score_usi(model, human, difficulty=...)   # the User-Sim Index
    uso.realism.measure(results)                          # everything, also without people
    uso.realism.coverage_of(talks, reference=people)      # whether customers differ enough
    uso.realism.PersonaSampler().sample(25)               # personas that cover the manners

Figures have an interval over tasks and a noise floor. docs/realism.md and docs/coverage.md say what
they are.
"""

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

__all__ = [
    "CARD",
    "Coverage",
    "CoverageComparison",
    "Measured",
    "PersonaSampler",
    "ResultSet",
    "UsiScore",
    "as_text",
    "compare_coverage",
    "corrected_features",
    "coverage",
    "coverage_of",
    "difficulty",
    "extract_features",
    "measure",
    "read_answers",
    "read_result_set",
    "score_usi",
    "survey_form",
    "take_survey",
]
