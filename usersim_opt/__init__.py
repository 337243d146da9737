"""usersim-opt: tunes the prompt of a simulated user until it behaves like a customer.

The public names; each is loaded when it is first used, so importing the package stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usersim_opt.authoring.writer import ScenarioWriter
    from usersim_opt.dataset import Dataset, load_dataset
    from usersim_opt.errors import UsersimError
    from usersim_opt.evaluation import Comparison, Evaluation, compare, evaluate
    from usersim_opt.export import export_prompt
    from usersim_opt.judge import RubricJudge, RubricMetric
    from usersim_opt.lms.connection import connect, preflight
    from usersim_opt.optimizer import RubricOptimizer
    from usersim_opt.prompt import Prompt, read_prompt
    from usersim_opt.result import OptimizationResult
    from usersim_opt.schema import Criterion, Grade, Outcome, Scenario, Task, Verdict
    from usersim_opt.simulator import PlainChatAdapter, UserSimulator
    from usersim_opt.strategies.search import HillClimb, Search
    from usersim_opt.tau.tasks import load_tau2, load_tau_bench

_HOME = {
    "Comparison": "evaluation",
    "Criterion": "schema",
    "Dataset": "dataset",
    "Evaluation": "evaluation",
    "Grade": "schema",
    "HillClimb": "strategies.search",
    "OptimizationResult": "result",
    "Outcome": "schema",
    "PlainChatAdapter": "simulator",
    "Prompt": "prompt",
    "RubricJudge": "judge",
    "RubricMetric": "judge",
    "RubricOptimizer": "optimizer",
    "Scenario": "schema",
    "ScenarioWriter": "authoring.writer",
    "Search": "strategies.search",
    "Task": "schema",
    "UserSimulator": "simulator",
    "UsersimError": "errors",
    "Verdict": "schema",
    "compare": "evaluation",
    "connect": "lms.connection",
    "evaluate": "evaluation",
    "export_prompt": "export",
    "load_dataset": "dataset",
    "load_tau2": "tau.tasks",
    "load_tau_bench": "tau.tasks",
    "preflight": "lms.connection",
    "read_prompt": "prompt",
}

__version__ = "0.1.0"
__all__ = [  # noqa: PLE0604 - the keys are the names
    *sorted(_HOME),
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'usersim_opt' has no attribute {name!r}")
    return getattr(import_module(f"usersim_opt.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
