"""A made evaluation in tau2, and a judge's faults of its customers, for the tests of its page."""

from made_simulations import runs

from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.user_error_table import JudgedRun, UserError, UserErrors

TASKS = [f"t{number}" for number in range(12)]


def downstream(**changes):
    """Two prompts on twelve tasks with six texts, of which three are trivial."""
    fields = {
        "domain": "airline",
        "simulations": {
            "base": tuple(runs(**{task: [0, 1] for task in TASKS[:-1]}, t11=[1, None])),
            "tuned": tuple(runs(**{task: [1, 1] for task in TASKS})),
        },
        "idle": tuple(runs(**{task: [number < 3] for number, task in enumerate(TASKS)})),
        "texts": {task: number // 2 for number, task in enumerate(TASKS)},
    }
    return Downstream(**fields | changes)


def judged(evidence="thanks"):
    """The faults of the customers of a page."""
    error = UserError(1, "hallucination", "critical_hindered", evidence)
    sides = {
        name: tuple(JudgedRun(run, (error,)) for run in side if not run.is_lost)
        for name, side in downstream().simulations.items()
    }
    texts = downstream().texts
    return UserErrors(sides, texts, ("hallucination", "other"), "openai/judge", 48, ())
