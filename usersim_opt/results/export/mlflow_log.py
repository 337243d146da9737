"""A run in MLflow, where users of DSPy look for it. MLflow is an extra: `mlflow`.

    mlflow.dspy.autolog(log_compiles=True)
    best = optimizer.compile(sim, trainset=data.train, valset=data.smoke)

MLflow's own part makes a run for each compile, with the data sets. While it is on, RubricOptimizer
adds to it: models, verdict and card; the figures of the smoke split; every version's prompt, byte
for byte; pass rate and gain of each version by step, and a child run for each that was measured.
`log_result` does the same for a result at hand. Nothing but names of models is logged of them, no
key, no address.

The search's own figures chose the winner and are too high: they stand under `search.`, those to be
quoted under `smoke.`.

Not covered: the prompt registry of MLflow, whose templates use braces of another kind; runs that
were broken off.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dspy.utils.callback import BaseCallback

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.basics.files import write_text
from usersim_opt.basics.reading import own_bytes
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.broken_guards import BrokenGuards
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.results.card import card_of, dumped
from usersim_opt.results.card_page import markdown
from usersim_opt.results.export.dspy_state import state_of
from usersim_opt.results.export.text_file import USE
from usersim_opt.results.reading import pass_rates
from usersim_opt.results.record import DATA_FILE
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.rules import rule_of
from usersim_opt.results.smoke_ledger import SmokeUse
from usersim_opt.results.versions import VERSION_ID, Version
from usersim_opt.scenarios.records import valid_id

TAG = "usersim_opt.sha256"
Numbers = Mapping[str, float | None]
Texts = Mapping[str, str]
Point = tuple[str, float | None, int]
"""Name, value and step of a metric; what has no value is not logged."""
_MOST = 900
"""MLflow takes up to 1,000 metrics at once."""


def compile_callbacks() -> list[BaseCallback]:
    """What RubricOptimizer's compile calls back.

    That is a RunLogger while MLflow's autologging of DSPy is on, else nothing.
    """
    if "mlflow" not in sys.modules:
        return []
    from mlflow.utils.autologging_utils import (  # noqa: PLC0415 - MLflow is loaded already
        autologging_is_disabled,
    )

    return [] if autologging_is_disabled("dspy") else [RunLogger()]


class RunLogger(BaseCallback):
    """A DSPy callback that logs the result of a compile that has one.

    The result goes into the run that autolog has opened for the compile.
    """

    def on_compile_end(
        self, call_id: str, outputs: Any | None, exception: BaseException | None = None
    ) -> None:
        """Log what RubricOptimizer returned; other optimizers' programs have no result."""
        result = getattr(outputs, "result", None)
        if isinstance(result, OptimizationResult):
            log_result(result)


def log_result(result: OptimizationResult) -> str:
    """Log a result into the active run, or into a new one; returns the run's id.

    An active run that holds a result already gets a child.
    """
    mlflow = _mlflow()
    client = mlflow.MlflowClient()
    active = mlflow.active_run()
    if active is not None and TAG not in mlflow.get_run(active.info.run_id).data.tags:
        _log(client, active, result)
        return str(active.info.run_id)
    with mlflow.start_run(run_name=result.run_dir.name, nested=active is not None) as run:
        _log(client, run, result)
    return str(run.info.run_id)


def _mlflow() -> Any:
    try:
        import mlflow  # noqa: PLC0415 - an extra
        import mlflow.dspy  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            f"MLflow is not installed ({error}); install it with `pip install 'mlflow>=3'`"
        ) from error
    return mlflow


def _log(client: Any, run: Any, result: OptimizationResult) -> None:
    run_id = run.info.run_id
    rates = _search_rates(result)
    by_version = {name: _search_numbers(result, name, rates.get(name)) for name in result.versions}
    points = [*_points(_smoke_numbers(result), step=0)]
    for step, numbers in enumerate(by_version.values()):
        points += _points(numbers, step=step)
    _write(client, run_id, points, params=_params(result), tags=_tags(result))
    _artifacts(client, run_id, result)
    for version in result.versions.values():
        if version.id in rates:
            _child(client, run, version, by_version[version.id])


def _points(numbers: Numbers, *, step: int) -> list[Point]:
    return [(name, value, step) for name, value in numbers.items()]


def _write(
    client: Any,
    run_id: str,
    points: Sequence[Point],
    *,
    params: Texts,
    tags: Texts,
) -> None:
    from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415
    from mlflow.utils.time import get_current_time_millis  # noqa: PLC0415

    now = get_current_time_millis()
    metrics = [
        Metric(name, float(value), now, step) for name, value, step in points if value is not None
    ]
    client.log_batch(
        run_id,
        params=[Param(*pair) for pair in params.items()],
        tags=[RunTag(*pair) for pair in tags.items()],
    )
    for first in range(0, len(metrics), _MOST):
        client.log_batch(run_id, metrics=metrics[first : first + _MOST])


def _params(result: OptimizationResult) -> Texts:
    return {
        **{f"model.{role}": model for role, model in result.models.items()},
        "seed_sha256": result.seed.sha256,
        "shipped": result.shipped.id,
        "shipped_sha256": result.shipped.sha256,
        "ended_by": result.ended_by,
        "offline": str(result.offline),
    }


def _tags(result: OptimizationResult) -> Texts:
    note = f"{OFFLINE_NOTE}\n\n{result.verdict}" if result.offline else result.verdict
    return {TAG: result.shipped.sha256, "mlflow.note.content": note}


def _smoke_numbers(result: OptimizationResult) -> Numbers:
    """The figures that may be quoted: pass rates from 0 to 1, the gain in the same unit."""
    return {
        **_side_numbers("seed", result.base_smoke),
        **_side_numbers("finalist", result.best_smoke),
        **(_gain_numbers(result.confirmation) if result.reading.found_better else {}),
        **_use_numbers(result.record.use),
        **_cost_numbers("calls", result.calls),
        **_cost_numbers("tokens", result.tokens),
    }


def _cost_numbers(name: str, by_role: Mapping[str, int]) -> Numbers:
    return {f"{name}.{role}": float(n) for role, n in by_role.items()}


def _side_numbers(name: str, side: Evaluation) -> Numbers:
    """Pass rate with its interval, the same by dimension, and replies that broke guards."""
    rate = side.pass_rate
    by_dimension = {
        f"smoke.{name}.dimension.{dimension}": tally.pass_rate
        for dimension, tally in side.by_dimension.items()
    }
    return {
        f"smoke.{name}.pass_rate": rate.mean if rate else None,
        f"smoke.{name}.low": rate.low if rate else None,
        f"smoke.{name}.high": rate.high if rate else None,
        **by_dimension,
        **_guard_numbers(name, side.guards),
    }


def _guard_numbers(name: str, guards: BrokenGuards) -> Numbers:
    """Replies that broke any guard, and each; nothing where no guard was in force."""
    if not guards.in_force:
        return {}
    by_guard = {guard: tally.broken for guard, tally in guards.by_guard.items()}
    return {
        f"smoke.{name}.guards_broken": float(guards.together.broken),
        **{f"smoke.{name}.guard.{guard}": float(number) for guard, number in by_guard.items()},
    }


def _gain_numbers(difference: PairedDifference) -> Numbers:
    return {
        "smoke.gain": difference.gain.mean,
        "smoke.gain_low": difference.gain.low,
        "smoke.gain_high": difference.gain.high,
    }


def _use_numbers(use: SmokeUse | None) -> Numbers:
    """Which use of the smoke split it is, and at which level it decides; nothing if not counted."""
    return {"smoke.use": float(use.number), "smoke.level": use.level} if use else {}


def _search_rates(result: OptimizationResult) -> dict[str, float]:
    """Passed / scored of each version over all replies of the search."""
    rates = pass_rates(result.reading.searched)
    return {version: rate.mean for version, rate in rates.items()}


def _search_numbers(result: OptimizationResult, version: str, rate: float | None) -> Numbers:
    """What the search saw of a version, and whether it was accepted."""
    rulings = [d for d in result.record.search_decisions if d.candidate == version]
    compared = [d.evidence.gain for d in rulings if d.evidence and rule_of(d.rule).gate]
    return {
        "search.pass_rate": rate,
        "search.gain": compared[-1] if compared else None,
        "search.accepted": float(rulings[-1].accepted) if rulings else None,
    }


def _artifacts(client: Any, run_id: str, result: OptimizationResult) -> None:
    simulator = UserSimulator(result.shipped.text)
    simulator.result = result
    card = card_of(simulator)
    files = {
        "prompt.txt": result.shipped.text,
        "prompt.json": dumped(card),
        "prompt.md": markdown(card, "prompt.txt", use=USE),
        "result.txt": f"{result}\n",
        "best_model.json": json.dumps(state_of(simulator, card), indent=2) + "\n",
        # MLflow's own trainset.json is not written where pandas cannot serialise its records.
        DATA_FILE: own_bytes(result.run_dir / DATA_FILE).decode(),
        **{
            f"prompts/{version.id}.txt": version.text
            for version in result.versions.values()
            # A run folder may come from anywhere, and a name in it that is a path leads anywhere.
            if valid_id(version.id, VERSION_ID)
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            write_text(Path(folder, name), text)
        client.log_artifacts(run_id, folder)


def _child(client: Any, parent: Any, version: Version, numbers: Numbers) -> None:
    """A finished run of its own for a version, under the run of the optimization."""
    tags = {"mlflow.parentRunId": parent.info.run_id}
    run_id = client.create_run(
        parent.info.experiment_id, tags=tags, run_name=version.id
    ).info.run_id
    params = {
        "version": version.id,
        "parent": version.parent or "",
        "sha256": version.sha256,
        "characters": str(len(version.text)),
    }
    _write(client, run_id, _points(numbers, step=0), params=params, tags={})
    client.log_text(run_id, version.text, "prompt.txt")
    client.set_terminated(run_id)
