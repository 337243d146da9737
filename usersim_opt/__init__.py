"""usersim-opt: tunes the prompt of a simulated user until it behaves like a customer.

The public names; each is loaded when it is first used, so importing the package stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.version import __version__ as __version__

if TYPE_CHECKING:
    from usersim_opt import realism, tau
    from usersim_opt.basics.errors import UsersimError
    from usersim_opt.customer.agents import LMAgent
    from usersim_opt.customer.conversation import Conversation
    from usersim_opt.customer.prompt import Prompt, read_prompt
    from usersim_opt.customer.simulator import PlainChatAdapter, UserSimulator
    from usersim_opt.measuring.calibration.calibrating import calibrate_judge
    from usersim_opt.measuring.calibration.card import JudgeCard, read_judge_card
    from usersim_opt.measuring.comparison import Comparison, compare
    from usersim_opt.measuring.conversing import converse
    from usersim_opt.measuring.evaluation import Evaluation, evaluate
    from usersim_opt.measuring.items.analysis import item_analysis
    from usersim_opt.measuring.items.flips import judge_twice
    from usersim_opt.measuring.items.shown import ItemAnalysis
    from usersim_opt.measuring.judge import Judge, RubricJudge
    from usersim_opt.measuring.metric import Metric, RubricMetric
    from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
    from usersim_opt.measuring.panel import JudgePanel
    from usersim_opt.measuring.recorded.grading import grade_replies
    from usersim_opt.measuring.recorded.preferences import read_preferences
    from usersim_opt.measuring.recorded.replies import read_replies
    from usersim_opt.measuring.recorded.saved import read_evaluation
    from usersim_opt.measuring.universal.guard import UniversalGuard
    from usersim_opt.measuring.universal.standard import universal_guards
    from usersim_opt.models.connection import connect
    from usersim_opt.models.preflight import preflight
    from usersim_opt.realism.pairwise.blind import BlindJudge
    from usersim_opt.results import plots
    from usersim_opt.results.attribution import Attribution, attribute
    from usersim_opt.results.export import export
    from usersim_opt.results.export.dspy_state import export_dspy, load_dspy
    from usersim_opt.results.export.modelfile import export_modelfile
    from usersim_opt.results.export.tau2_guideline import export_tau2
    from usersim_opt.results.export.text_file import export_prompt
    from usersim_opt.results.likeness.page import write_realism
    from usersim_opt.results.loading import load_result
    from usersim_opt.results.record import RunRecord, read_record
    from usersim_opt.results.result import OptimizationResult
    from usersim_opt.results.review.importing import Review, apply_worksheet
    from usersim_opt.results.review.making import make_worksheet
    from usersim_opt.results.review.sheet import Worksheet, read_worksheet
    from usersim_opt.results.rollout import Rollout, rollout
    from usersim_opt.results.standings import Standings
    from usersim_opt.results.transcripts.page import write_transcripts
    from usersim_opt.scenarios.authoring.author import ScenarioAuthor
    from usersim_opt.scenarios.dataset import Dataset, load_dataset
    from usersim_opt.scenarios.records import Criterion, Scenario, Task
    from usersim_opt.tau.conversations import read_conversations, write_conversations
    from usersim_opt.tau.tasks import load_tau2, load_tau_bench
    from usersim_opt.tuning.ablated import Ablation
    from usersim_opt.tuning.ablation import ablate
    from usersim_opt.tuning.gates import Gate, Ruling
    from usersim_opt.tuning.hill_climb import HillClimb
    from usersim_opt.tuning.objective import Objective
    from usersim_opt.tuning.optimizer import RubricOptimizer
    from usersim_opt.tuning.piece_search import PieceSearch
    from usersim_opt.tuning.search import Search
    from usersim_opt.tuning.terms import (
        ConversationFeatures,
        GuardsKept,
        Preference,
        RealismTerm,
    )

__all__ = [
    "Ablation",
    "Attribution",
    "BlindJudge",
    "Comparison",
    "Conversation",
    "ConversationFeatures",
    "Criterion",
    "Dataset",
    "Evaluation",
    "Gate",
    "Grade",
    "GuardsKept",
    "HillClimb",
    "ItemAnalysis",
    "Judge",
    "JudgeCard",
    "JudgePanel",
    "LMAgent",
    "Metric",
    "Objective",
    "OptimizationResult",
    "Outcome",
    "PieceSearch",
    "PlainChatAdapter",
    "Preference",
    "Prompt",
    "RealismTerm",
    "Review",
    "Rollout",
    "RubricJudge",
    "RubricMetric",
    "RubricOptimizer",
    "Ruling",
    "RunRecord",
    "Scenario",
    "ScenarioAuthor",
    "Search",
    "Standings",
    "Task",
    "UniversalGuard",
    "UserSimulator",
    "UsersimError",
    "Verdict",
    "Worksheet",
    "ablate",
    "apply_worksheet",
    "attribute",
    "calibrate_judge",
    "compare",
    "connect",
    "converse",
    "evaluate",
    "export",
    "export_dspy",
    "export_modelfile",
    "export_prompt",
    "export_tau2",
    "grade_replies",
    "item_analysis",
    "judge_twice",
    "load_dataset",
    "load_dspy",
    "load_result",
    "load_tau2",
    "load_tau_bench",
    "make_worksheet",
    "plots",
    "preflight",
    "read_conversations",
    "read_evaluation",
    "read_judge_card",
    "read_preferences",
    "read_prompt",
    "read_record",
    "read_replies",
    "read_worksheet",
    "realism",
    "rollout",
    "tau",
    "universal_guards",
    "write_conversations",
    "write_realism",
    "write_transcripts",
]

_MODULES = ("plots", "realism", "tau")
"""Public names that are modules."""
_HOME = {
    name: module
    for module, names in {
        "basics.errors": ("UsersimError",),
        "customer.agents": ("LMAgent",),
        "customer.conversation": ("Conversation",),
        "customer.prompt": (
            "Prompt",
            "read_prompt",
        ),
        "customer.simulator": (
            "PlainChatAdapter",
            "UserSimulator",
        ),
        "measuring.calibration.calibrating": ("calibrate_judge",),
        "measuring.calibration.card": (
            "JudgeCard",
            "read_judge_card",
        ),
        "measuring.comparison": (
            "Comparison",
            "compare",
        ),
        "measuring.conversing": ("converse",),
        "measuring.evaluation": (
            "Evaluation",
            "evaluate",
        ),
        "measuring.items.analysis": ("item_analysis",),
        "measuring.items.flips": ("judge_twice",),
        "measuring.items.shown": ("ItemAnalysis",),
        "measuring.judge": (
            "Judge",
            "RubricJudge",
        ),
        "measuring.metric": (
            "Metric",
            "RubricMetric",
        ),
        "measuring.outcome": (
            "Grade",
            "Outcome",
            "Verdict",
        ),
        "measuring.panel": ("JudgePanel",),
        "measuring.recorded.grading": ("grade_replies",),
        "measuring.recorded.preferences": ("read_preferences",),
        "measuring.recorded.replies": ("read_replies",),
        "measuring.recorded.saved": ("read_evaluation",),
        "measuring.universal.guard": ("UniversalGuard",),
        "measuring.universal.standard": ("universal_guards",),
        "models.connection": ("connect",),
        "models.preflight": ("preflight",),
        "realism": ("realism",),
        "results.attribution": (
            "Attribution",
            "attribute",
        ),
        "results.export": ("export",),
        "results.export.dspy_state": (
            "export_dspy",
            "load_dspy",
        ),
        "results.export.modelfile": ("export_modelfile",),
        "results.export.tau2_guideline": ("export_tau2",),
        "results.export.text_file": ("export_prompt",),
        "results.likeness.page": ("write_realism",),
        "results.loading": ("load_result",),
        "results.plots": ("plots",),
        "results.record": (
            "RunRecord",
            "read_record",
        ),
        "results.result": ("OptimizationResult",),
        "results.review.importing": (
            "Review",
            "apply_worksheet",
        ),
        "results.review.making": ("make_worksheet",),
        "results.review.sheet": (
            "Worksheet",
            "read_worksheet",
        ),
        "results.rollout": (
            "Rollout",
            "rollout",
        ),
        "results.standings": ("Standings",),
        "results.transcripts.page": ("write_transcripts",),
        "scenarios.authoring.author": ("ScenarioAuthor",),
        "scenarios.dataset": (
            "Dataset",
            "load_dataset",
        ),
        "scenarios.records": (
            "Criterion",
            "Scenario",
            "Task",
        ),
        "tau": ("tau",),
        "tau.conversations": (
            "read_conversations",
            "write_conversations",
        ),
        "tau.tasks": (
            "load_tau2",
            "load_tau_bench",
        ),
        "tuning.ablated": ("Ablation",),
        "tuning.ablation": ("ablate",),
        "realism.pairwise.blind": ("BlindJudge",),
        "tuning.gates": (
            "Gate",
            "Ruling",
        ),
        "tuning.hill_climb": ("HillClimb",),
        "tuning.objective": ("Objective",),
        "tuning.optimizer": ("RubricOptimizer",),
        "tuning.piece_search": ("PieceSearch",),
        "tuning.search": ("Search",),
        "tuning.terms": (
            "ConversationFeatures",
            "GuardsKept",
            "Preference",
            "RealismTerm",
        ),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'usersim_opt' has no attribute {name!r}")
    home = import_module(f"usersim_opt.{_HOME[name]}")
    return home if name in _MODULES else getattr(home, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
