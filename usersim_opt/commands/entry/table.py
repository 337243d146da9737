"""The table of commands: what `usersim-opt --help` lists and each command says of itself.

It imports nothing heavy, so that the list of commands is there at once.
"""

from dataclasses import dataclass

PROGRAM = "usersim-opt"
STAYS = "stopped; answers stay, the same command goes on"


@dataclass(frozen=True)
class Command:
    """A command, and the module of the same name that has its options and its `main`."""

    name: str
    line: str
    """What it does, as a sentence without its stop."""
    examples: tuple[str, ...]
    """What follows `usersim-opt NAME` in examples that work."""
    on_interrupt: str = "stopped"
    """What is said after Ctrl-C."""

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return f"usersim_opt.commands.{self.name.replace('-', '_')}"

    @property
    def prog(self) -> str:
        """How a user calls it."""
        return f"{PROGRAM} {self.name}"


COMMANDS = (
    Command(
        "init",
        "Lay out a project: a file of tasks, settings, and a README with the next commands",
        ("my_project",),
    ),
    Command(
        "smoke",
        "Check an installation: a small search with stand-in models, offline",
        ("",),
    ),
    Command(
        "optimize",
        "Tune a simulator's prompt on a data set and write the winner",
        (
            "--out tuned.txt --max-calls 3000",
            "--dataset my_data --prompt my_prompt.txt --out tuned.txt --user-lm ollama/qwen3:8b",
            "--out tuned.txt --dry-run",
        ),
        on_interrupt="stopped; what was finished is recorded, --resume goes on",
    ),
    Command(
        "watch",
        "Show a run in the terminal, under way or finished",
        ("runs/first", "runs/first --once"),
    ),
    Command(
        "report",
        "Write the page of a run folder, also of an unfinished run",
        ("runs/first", "runs/first --out page.html"),
    ),
    Command(
        "evaluate",
        "Grade one prompt, or compare two, on a split of a data set",
        (
            "--dataset airline --split smoke --prompt base",
            "--dataset my_data --prompt tuned.txt --against my_prompt.txt --show 5",
        ),
    ),
    Command(
        "consider",
        "Put a prompt that a person wrote through the guard, the gates and the smoke split",
        ("draft.txt --prompt base --dataset airline --out kept.txt",),
        on_interrupt="stopped; what was finished is recorded, the same command goes on",
    ),
    Command(
        "ablate",
        "Measure what each piece of a prompt is worth, and write a shorter prompt",
        ("calibrated --dataset airline --out shorter.txt --max-calls 1200",),
        on_interrupt="stopped; with --run-dir the same command goes on",
    ),
    Command(
        "export",
        "Write a prompt file, or a prompt of a run, in other forms, all or none",
        (
            "tuned.txt --modelfile Modelfile --base-model qwen3:8b",
            "runs/first --text tuned.txt",
            "runs/first --version v014 --text v014.txt",
        ),
    ),
    Command(
        "build-dataset",
        "Turn tasks into a data set: scenarios with criteria, written by a model",
        (
            "--tasks tasks.json --out my_data",
            "--tasks tasks.json --out my_data --author-lm ollama/qwen3:32b --types agreement",
        ),
        on_interrupt="stopped; what was written stays, the same command goes on",
    ),
    Command(
        "lint-dataset",
        "Look for faults in a data set, say how to mend them, and print its counts",
        ("my_data", "my_data --strict --all"),
    ),
    Command(
        "calibrate-judge",
        "Measure a judge on the labelled replies of a data set",
        ("airline", "my_data --judge-lm ollama/qwen3:32b --save judge.json"),
    ),
    Command(
        "review-rubrics",
        "Have a person look at the verdicts most worth it, and grade anew by what she says",
        (
            "export runs/first --sheet review",
            "import review.labelled.json runs/first --dataset my_data",
        ),
    ),
    Command(
        "items",
        "Say what each criterion of a rubric is worth, from replies",
        ("runs/first", "replies.jsonl --dataset my_data --html items.html"),
    ),
    Command(
        "converse",
        "Let a simulated customer talk with an agent, or with you",
        (
            "--prompt base --dataset airline --tasks 001 --agent me",
            "--prompt tuned.txt --against base --dataset airline --html talks.html",
        ),
        on_interrupt="stopped; with --run-dir the same command goes on",
    ),
    Command(
        "consistency",
        "Find out whether customers keep to their stories, and to their goals",
        ("runs/talks --dataset airline",),
        on_interrupt=STAYS,
    ),
    Command(
        "measure-realism",
        "Measure how like people a simulated customer is",
        ("runs/talks --html realism.html", "runs/talks --human people.json"),
    ),
    Command(
        "tell-apart",
        "Find out whether people can be told from a simulator, by a classifier or a judge",
        ("people.json runs/talks",),
    ),
    Command(
        "survey",
        "Have a simulated customer rate conversations that people had",
        ("people.json --tasks airline=tasks_test.py --prompt base --out answers.json",),
        on_interrupt=STAYS,
    ),
    Command(
        "evaluate-tau2",
        "Let agents serve customers by your prompts in tau2",
        ("--domain airline --task-ids 0-4", "--prompt tuned.txt --agent openai/gpt-4.1"),
    ),
    Command(
        "evaluate-tau-bench",
        "Let agents serve customers by your prompts in a checkout of tau-bench or tau-trait",
        ("--checkout tau-bench --domain airline --task-ids 0-4",),
        on_interrupt="stopped; with --run-dir the same command goes on",
    ),
    Command(
        "compose-tasks",
        "Put telecom tasks together from tau2's small faults, each checked by replay",
        ("--out tasks.json --count 30 --faults 2-3",),
    ),
    Command(
        "completion",
        "Print the script by which a shell completes commands and options",
        (
            "bash > ~/.local/share/bash-completion/completions/usersim-opt",
            "zsh > ~/.zfunc/_usersim-opt",
            "fish > ~/.config/fish/completions/usersim-opt.fish",
        ),
    ),
    Command(
        "evaluate-traits",
        "See what traits of customers take from agents in tau2",
        (
            "--traits impatience=high --traits skepticism=low,confusion=low --trials 3",
            "--domain retail --positions 0-19 --shuffle --agent openai/gpt-4.1 --check",
        ),
    ),
    Command(
        "check-traits",
        "See what traits move in customers' talk, and whether the facts stay",
        (
            "--traits impatience=high --seeds 3",
            "--recorded plain.json played.json --stories tasks.json --traits confusion=high",
        ),
        on_interrupt=STAYS,
    ),
)


def command_of(name: str) -> Command | None:
    """The command of a name, with dashes or underscores, or of a module; None for none."""
    wanted = name.rpartition(".")[2].replace("_", "-")
    return next((command for command in COMMANDS if command.name == wanted), None)
