"""How like people a simulated customer is, on conversations that were recorded.

    uso.realism.extract_features(conversation)            # 19 features of one conversation
    uso.realism.score_usi(model, human, difficulty=...)   # the User-Sim Index
    uso.realism.measure(results)                          # everything, also without people
    uso.realism.consistency(talks, tasks)                 # whether customers keep to their stories
    uso.realism.track_goals(talks, tasks, judge=lm)       # what becomes of their goals
    uso.realism.coverage_of(talks, reference=people)      # whether customers differ enough
    uso.realism.PersonaSampler().sample(25)               # personas that cover the manners
    uso.realism.discriminate(people, talks)               # can a classifier tell them apart?
    uso.realism.win_rate(pairs, PairwiseJudge(lm))        # can a judge?
    uso.realism.recover(talks, steering)                  # does a profile steer anything?

Figures have an interval over tasks and a noise floor; docs/realism.md, coverage.md, consistency.md
and telling_apart.md say what they are. What asks models is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from usersim_opt.customer.difficulty import difficulty
from usersim_opt.realism.card import CARD
from usersim_opt.realism.conversations import of_conversations
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
    from usersim_opt.realism.discriminator.record import Discrimination
    from usersim_opt.realism.discriminator.report import discriminate
    from usersim_opt.realism.goals.result import Goals
    from usersim_opt.realism.goals.steering import GoalSteering
    from usersim_opt.realism.goals.tracking import goals_price, track_goals
    from usersim_opt.realism.latent.matching import compare_labels, name_latents
    from usersim_opt.realism.latent.naming import LatentJudge
    from usersim_opt.realism.latent.recovery import Recovery, recover
    from usersim_opt.realism.latent.steering import LatentSteering
    from usersim_opt.realism.latent.table import Intent, Latents, Profile, read_latents
    from usersim_opt.realism.pairwise.calibration import PairCalibration, calibrate_pairwise
    from usersim_opt.realism.pairwise.judge import PairwiseJudge
    from usersim_opt.realism.pairwise.pairs import Pair, Pairs, conversation_pairs, reply_pairs
    from usersim_opt.realism.pairwise.recorded import RecordedChooser, recorded_choices
    from usersim_opt.realism.pairwise.win_rate import WinRate, win_rate
    from usersim_opt.realism.surveying import Rated, ask_survey, rated_entries, rated_of

__all__ = [
    "CARD",
    "Consistency",
    "Coverage",
    "CoverageComparison",
    "Discrimination",
    "GoalSteering",
    "Goals",
    "Intent",
    "LatentJudge",
    "LatentSteering",
    "Latents",
    "Measured",
    "Pair",
    "PairCalibration",
    "Pairs",
    "PairwiseJudge",
    "PersonaSampler",
    "Profile",
    "Rated",
    "RecordedChooser",
    "Recovery",
    "ResultSet",
    "UsiScore",
    "WinRate",
    "as_text",
    "ask_survey",
    "calibrate_pairwise",
    "compare_coverage",
    "compare_labels",
    "consistency",
    "consistency_price",
    "conversation_pairs",
    "corrected_features",
    "coverage",
    "coverage_of",
    "difficulty",
    "discriminate",
    "extract_features",
    "goals_price",
    "measure",
    "name_latents",
    "of_conversations",
    "rated_entries",
    "rated_of",
    "read_answers",
    "read_latents",
    "read_result_set",
    "recorded_choices",
    "recover",
    "reply_pairs",
    "score_usi",
    "survey_form",
    "take_survey",
    "track_goals",
    "win_rate",
]

_HOME = {
    name: module
    for module, names in {
        "contradictions.measuring": ("consistency", "consistency_price"),
        "contradictions.result": ("Consistency",),
        "discriminator.record": ("Discrimination",),
        "discriminator.report": ("discriminate",),
        "goals.result": ("Goals",),
        "goals.steering": ("GoalSteering",),
        "goals.tracking": ("goals_price", "track_goals"),
        "latent.matching": ("compare_labels", "name_latents"),
        "latent.naming": ("LatentJudge",),
        "latent.recovery": ("Recovery", "recover"),
        "latent.steering": ("LatentSteering",),
        "latent.table": ("Intent", "Latents", "Profile", "read_latents"),
        "pairwise.calibration": ("PairCalibration", "calibrate_pairwise"),
        "pairwise.judge": ("PairwiseJudge",),
        "pairwise.pairs": ("Pair", "Pairs", "conversation_pairs", "reply_pairs"),
        "pairwise.recorded": ("RecordedChooser", "recorded_choices"),
        "pairwise.win_rate": ("WinRate", "win_rate"),
        "surveying": ("Rated", "ask_survey", "rated_entries", "rated_of"),
    }.items()
    for name in names
}
"""Where the names are that are loaded when they are first used."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'usersim_opt.realism' has no attribute {name!r}")
    return getattr(import_module(f"usersim_opt.realism.{_HOME[name]}"), name)
