"""--dry-run: what a command would ask, spend and write, said instead of done."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import dspy

import usersim_opt as uso
from usersim_opt.basics.figures import many
from usersim_opt.commands.cli.data import dataset_of
from usersim_opt.measuring.metric import Metric, price
from usersim_opt.models.naming import model_name
from usersim_opt.results.card import card_files
from usersim_opt.results.smoke_ledger import level_of
from usersim_opt.scenarios.authoring.build import Plan
from usersim_opt.tuning.draft import draft_folder
from usersim_opt.tuning.estimate import SAMPLE, provable


def add_dry_run(to: argparse.ArgumentParser) -> None:
    """--dry-run."""
    to.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be asked, spent and written; write nothing and ask no model",
    )


def show_plan(rows: Mapping[str, str | Sequence[str]]) -> int:
    """Print a plan, a row for each thing, and return the status of a command that did it."""
    print("Dry run: nothing is written, and no model is asked.\n")
    width = max(map(len, rows))
    for name, lines in rows.items():
        for number, line in enumerate([lines] if isinstance(lines, str) else lines):
            print(f"{'' if number else name:{width}}  {line}")
    return 0


def asked(models: Mapping[str, dspy.LM]) -> str:
    """The models by role; each is asked once before anything else, to see that it answers."""
    named = ", ".join(f"{role} {model_name(lm)}" for role, lm in models.items())
    return f"{named}; each once first, to see that it answers"


def prompt_line(path: Path, prompt: uso.Prompt) -> str:
    """A prompt, its size and the name of what would be measured."""
    pieces = many(len(prompt.pieces), "piece")
    return f"prompt {path} ({pieces}, sha256 {prompt.sha256[:12]})"


def data_line(folder: Path, **splits: Sequence[dspy.Example]) -> str:
    """A data set with the scenarios of the splits that are used."""
    sizes = ", ".join(f"{many(len(found), 'scenario')} of {name}" for name, found in splits.items())
    return f"data set {folder}: {sizes}"


def replies_line(examples: Sequence[dspy.Example], metric: Metric, *, times: int) -> str:
    """The calls of so many replies to each scenario, their grading included."""
    scenarios = [example.record for example in examples]
    replies = times * len(scenarios)
    grading = times * price(metric, scenarios) - replies
    return (
        f"{many(replies, 'reply')}, a call each, and at most {many(grading, 'call')} of the judge"
    )


def prompt_files(out: Path) -> list[Path]:
    """The files of an exported prompt."""
    return [out, *card_files(out)]


def show_measuring(
    args: argparse.Namespace,
    prompts: Sequence[tuple[Path, uso.Prompt]],
    lms: Mapping[str, dspy.LM],
    *,
    spends: str,
    writes: Sequence[Path],
) -> int:
    """What measuring prompts on a split would read, ask, spend and write."""
    examples = getattr(dataset_of(args), args.split)
    return show_plan(
        {
            "reads": [
                data_line(args.dataset, **{args.split: examples}),
                *(prompt_line(path, prompt) for path, prompt in prompts),
            ],
            "asks": asked(lms),
            "spends": spends,
            "writes": _listed(writes),
        }
    )


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(map(str, files)) or "nothing"


def show_search(
    args: argparse.Namespace,
    optimizer: uso.RubricOptimizer,
    sim: uso.UserSimulator,
    data: uso.Dataset,
    *,
    lms: Mapping[str, dspy.LM],
    draft: uso.Prompt | None = None,
) -> int:
    """What a search, or the review of a draft, would read, ask, spend and write."""
    reads = [
        data_line(args.dataset, train=data.train, smoke=data.smoke),
        prompt_line(args.prompt, sim.prompt),
    ]
    spends = [f"at most {args.max_calls:,} calls of all roles together"]
    folder = optimizer.run_dir
    if draft is None:
        spends.append(f"{SAMPLE} replies and a proposal before, for an estimate")
    else:
        reads.append(prompt_line(args.draft, draft))
        folder = draft_folder(folder, draft)
    run = f"{folder}, a run folder: every call and decision, report.html"
    return show_plan(
        {
            "reads": reads,
            "asks": asked(lms),
            "spends": spends,
            "decides": _decides(args, optimizer, sim, data),
            "writes": [run, _listed(prompt_files(args.out))],
        }
    )


def _decides(
    args: argparse.Namespace,
    optimizer: uso.RubricOptimizer,
    sim: uso.UserSimulator,
    data: uso.Dataset,
) -> list[str]:
    """Which use of the smoke split it is, and what can be proven there."""
    use = optimizer.next_use(sim, data.smoke)
    gains = provable(data.smoke, optimizer.metric, calls=args.max_calls, level=level_of(use))
    counted = use.sentence if use else "this use of the smoke split is counted in no ledger"
    return [counted, f"smallest provable gain: {gains}"]


def show_build(args: argparse.Namespace, plan: Plan, author: uso.ScenarioAuthor) -> int:
    """What the build of a data set would read, ask, spend and write."""
    sizes = ", ".join(f"{len(ids)} {name}" for name, ids in plan.splits.items())
    files = f"{args.out}: tasks, {many(len(plan.todo), 'scenario')}, splits.yaml, written.json"
    observer = f"; user {args.observe}" if args.observe else ""
    return show_plan(
        {
            "reads": f"{args.tasks}: {many(len(plan.tasks), 'task')} ({sizes})",
            "asks": f"author {args.author_lm}{observer}; each once first, to see that it answers",
            "spends": plan.estimate(author),
            "writes": files,
        }
    )


def show_talks(
    args: argparse.Namespace, prompts: Sequence[tuple[Path, uso.Prompt]], *, tasks: int
) -> int:
    """What a rollout of whole conversations would read, ask, spend and write."""
    talks = len(prompts) * tasks * args.seeds
    limit = f", at most {args.max_calls:,} calls for each prompt" if args.max_calls else ""
    turns = f"{many(talks, 'conversation')} of at most {many(args.max_turns, 'customer turn')}"
    rated = f"{many(talks, 'conversation')} rated by the customer"
    return show_plan(
        {
            "reads": [f"data set {args.dataset}: {many(tasks, 'task')}"]
            + [prompt_line(path, prompt) for path, prompt in prompts],
            "asks": f"user {args.user_lm}, agent {args.agent}",
            "spends": [f"{turns}{limit}", *([rated] if args.survey else [])],
            "writes": _listed([path for path in (args.run_dir, args.html) if path]),
        }
    )
