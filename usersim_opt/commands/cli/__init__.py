"""What the commands share: models, data, options and values."""

from usersim_opt.commands.cli.benches import add_agent, add_customers, add_trials
from usersim_opt.commands.cli.data import (
    add_dataset,
    add_splits,
    dataset_of,
    examples_of,
    prompts_of,
    steering_of,
    tasks_of,
)
from usersim_opt.commands.cli.foretelling import build_costs, foretell
from usersim_opt.commands.cli.language import add_language, in_their_language
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
from usersim_opt.commands.cli.planning import (
    add_dry_run,
    asked,
    data_line,
    prompt_files,
    prompt_line,
    replies_line,
    show_build,
    show_measuring,
    show_plan,
    show_search,
    show_talks,
)
from usersim_opt.commands.cli.replacing import add_force, check_free
from usersim_opt.commands.cli.running import (
    add_budget,
    add_judge_batch,
    add_judge_card,
    add_ledger,
    add_prices,
    add_run_dir,
    add_workers,
    run_dir_of,
    workers_of,
)
from usersim_opt.commands.cli.traits import (
    add_traits,
    traits_in,
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
    "add_agent",
    "add_budget",
    "add_customers",
    "add_dataset",
    "add_dry_run",
    "add_force",
    "add_judge_batch",
    "add_judge_card",
    "add_language",
    "add_ledger",
    "add_models",
    "add_observed",
    "add_prices",
    "add_run_dir",
    "add_splits",
    "add_traits",
    "add_trials",
    "add_workers",
    "asked",
    "build_costs",
    "check_free",
    "command",
    "connect_model",
    "connect_models",
    "count",
    "data_line",
    "dataset_folder",
    "dataset_of",
    "examples_of",
    "foretell",
    "in_their_language",
    "minutes",
    "names",
    "parser",
    "prompt_file",
    "prompt_files",
    "prompt_line",
    "prompts_of",
    "replies_line",
    "run_dir_of",
    "sampling_options",
    "seconds",
    "show_build",
    "show_measuring",
    "show_plan",
    "show_search",
    "show_talks",
    "steering_of",
    "tasks_of",
    "traits_in",
    "workers_of",
]
