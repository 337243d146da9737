"""MLflow's autologging of DSPy, with the optimizer of this library loaded so that it is patched."""

from typing import Any

from usersim_opt.results.export.mlflow_log import _mlflow


def autolog(**options: Any) -> None:
    """`mlflow.dspy.autolog(log_compiles=True, **options)`, once RubricOptimizer is loaded.

    MLflow patches the optimizers that it can see. Raises InputError where MLflow is not installed.
    """
    from usersim_opt.tuning.optimizer import RubricOptimizer  # noqa: F401, PLC0415 - for MLflow to see

    _mlflow().dspy.autolog(**({"log_compiles": True} | options))
