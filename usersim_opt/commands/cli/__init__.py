"""What the commands share: models, data, options and values."""

from usersim_opt.commands.cli.data import (
    add_dataset,
    add_splits,
    dataset_of,
    steering_of,
    tasks_of,
)
from usersim_opt.commands.cli.models import (
    add_models,
    add_observed,
    connect_model,
    connect_models,
)
from usersim_opt.commands.cli.parsing import (
    command,
    parser,
)
from usersim_opt.commands.cli.running import (
    add_budget,
    add_judge_card,
    add_ledger,
    add_run_dir,
    add_workers,
    run_dir_of,
    workers_of,
)
from usersim_opt.commands.cli.values import (
    count,
    dataset_folder,
    minutes,
    names,
    prompt_file,
    sampling_options,
    seconds,
)

__all__ = [
    "add_budget",
    "add_dataset",
    "add_judge_card",
    "add_ledger",
    "add_models",
    "add_observed",
    "add_run_dir",
    "add_splits",
    "add_workers",
    "command",
    "connect_model",
    "connect_models",
    "count",
    "dataset_folder",
    "dataset_of",
    "minutes",
    "names",
    "parser",
    "prompt_file",
    "run_dir_of",
    "sampling_options",
    "seconds",
    "steering_of",
    "tasks_of",
    "workers_of",
]
