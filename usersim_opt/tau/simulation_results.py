"""Simulations as results of tau2, with their rewards and tasks: what its viewer and metrics load.

Lost ones are left out: tau2 has no way to say that a run is nobody's zero. No address and no key is
in it; the prompt's sha256 stands in the customer's implementation.

Not covered: calls of tools, which records do not keep.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usersim_opt.basics.files import file_name, write_text
from usersim_opt.basics.strict_json import dumps
from usersim_opt.basics.validation import Fields
from usersim_opt.tau.chosen import Chosen
from usersim_opt.tau.results import results_of
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import MAX_ERRORS, MAX_STEPS, Simulation


def results_with_rewards(simulations: Sequence[Simulation], tasks: Chosen) -> Fields:
    """The data of a results file of tau2."""
    kept = [each for each in simulations if not each.is_lost]
    data = results_of([each.talk for each in kept])
    data["simulations"] = [
        fields | _outcome(each) for fields, each in zip(data["simulations"], kept, strict=True)
    ]
    data["tasks"] = [_task(task) for task in tasks.tasks]
    data["info"] |= {
        "num_trials": len({each.trial for each in kept}),
        "max_steps": MAX_STEPS,
        "max_errors": MAX_ERRORS,
        "environment_info": {"domain_name": tasks.domain, "policy": ""},
    }
    return data


def _task(task: Any) -> Fields:
    fields: Fields = task.model_dump(mode="json")
    return fields


def _outcome(simulation: Simulation) -> Fields:
    return {
        "trial": simulation.trial,
        "termination_reason": simulation.termination,
        "reward_info": {
            "reward": simulation.reward,
            "reward_breakdown": dict(simulation.parts) or None,
        },
    }


def write_results(found: Downstream, tasks: Chosen, folder: Path) -> None:
    """Write FOLDER/tau2_NAME.json for each prompt."""
    for name, simulations in found.simulations.items():
        text = dumps(results_with_rewards(simulations, tasks), indent=1)
        write_text(folder / f"tau2_{file_name(name)}.json", f"{text}\n")
