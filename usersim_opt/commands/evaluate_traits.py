"""See what traits of customers take from agents."""

import argparse

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.commands.evaluate_tau2 import task_ids
from usersim_opt.results.card import warn_if_changed
from usersim_opt.tau.chosen import Chosen, chosen
from usersim_opt.tau.personas import persona_table
from usersim_opt.tau.scripted import SCRIPTS
from usersim_opt.tau.selection import selection
from usersim_opt.tau.traits import NONE, Traits


def main() -> int:
    """Play the tasks without and with each of the traits, and print what they take."""
    args = options().parse_args()
    traits = cli.traits_in(args)
    prompt = uso.read_prompt(args.prompt)
    user = uso.connect(args.user_lm, **args.user_options)
    warn_if_changed(args.prompt, prompt, user)
    tasks = tasks_of(args)
    found = {}
    for agent in args.agent or ["oracle"]:
        scripted = agent in SCRIPTS
        found[agent] = uso.tau.evaluate(
            uso.tau.trait_prompts(prompt, traits),
            agent if scripted else uso.connect(agent, **args.agent_options),
            lm=user,
            domain=args.domain,
            task_ids=[str(task.id) for task in tasks.tasks],
            trials=args.trials,
            workers=args.threads,
            run_dir=args.run_dir / agent.replace("/", "_") if args.run_dir else None,
            max_calls=args.max_calls,
        )
        parts = [f"With {agent}:", str(found[agent]), persona_table(found[agent])]
        print("\n".join(filter(None, parts)), end="\n\n")
    print(uso.tau.Drops(found))
    if args.check:
        print_checks(found, traits, tasks)
    return 0


def tasks_of(args: argparse.Namespace) -> Chosen:
    """The tasks that are asked for, in their order."""
    all_of = chosen(args.domain, args.task_ids or args.split)
    ids = [str(task.id) for task in all_of.tasks]
    shuffle = args.seed if args.shuffle else None
    return chosen(args.domain, selection(ids, positions=args.positions, shuffle=shuffle))


def print_checks(found: dict[str, uso.tau.Downstream], traits: list[Traits], tasks: Chosen) -> None:
    """What each of the traits moved in the customer's talk, agent by agent."""
    stories = {str(task.id): str(task.user_scenario) for task in tasks.tasks}
    for agent, each in found.items():
        for trait in traits:
            plain, played = ([run.talk for run in each.of(name)] for name in (NONE, trait.label))
            check = uso.tau.check_traits(trait, plain, played, stories)
            print(f"\nWith {agent}, {check}")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "--prompt", default="base", type=cli.prompt_file, help="prompt file of the customer"
    )
    cli.add_traits(parser)
    parser.add_argument("--domain", default="airline", help="airline, retail, telecom or mock")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--task-ids", type=task_ids, metavar="0-4,7", help="ids of tasks")
    which.add_argument("--split", default="base", help="split of tau2: base, train, test, small")
    parser.add_argument("--positions", type=positions, metavar="0-9", help="of these, from 0")
    parser.add_argument("--shuffle", action="store_true", help="shuffle them before, by --seed")
    parser.add_argument("--seed", type=int, default=10, help="of --shuffle")
    cli.add_trials(parser)
    parser.add_argument(
        "--agent", action="append", help="idle, oracle, or a model string; may be given again"
    )
    parser.add_argument("--agent-options", default={}, type=cli.sampling_options)
    parser.add_argument("--check", action="store_true", help="check each trait on these runs")
    return parser


def positions(text: str) -> tuple[int, int]:
    """`0-9` as the first and the last position."""
    first, dash, last = text.partition("-")
    if not dash or not first.isdecimal() or not last.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: expected the first and the last, such as 0-9")
    return int(first), int(last)
