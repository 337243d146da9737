"""See what traits move in a customer's talk."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.commands import cli
from usersim_opt.tau.tasks import load_tasks
from usersim_opt.tau.traits import NONE, Traits

OFFLINE = "offline"


def main() -> int:
    """Check each of the traits on conversations with it and without."""
    args = options().parse_args()
    checks = recorded(args) if args.recorded else played(args)
    print("\n\n".join(map(str, checks)))
    return 0 if all(check.passed for check in checks) else 1


def recorded(args: argparse.Namespace) -> list[uso.tau.TraitCheck]:
    """The check on two files of conversations."""
    if len(args.traits) != 1:
        raise InputError("--recorded: expected --traits once, those of the second file")
    plain, with_it = (uso.read_conversations(file) for file in args.recorded)
    return [uso.tau.check_traits(cli.traits_in(args)[0], plain, with_it, stories_of(args))]


def stories_of(args: argparse.Namespace) -> dict[str, str]:
    """By task its story: of a task file by the ids that tasks have there, else of the data set."""
    if args.stories:
        return {task.source.partition(":")[2]: task.story for task in load_tasks(args.stories)}
    return {name: task.story for name, task in cli.dataset_of(args).tasks.items()}


def played(args: argparse.Namespace) -> list[uso.tau.TraitCheck]:
    """The checks on conversations that are played now, those without a trait once for all."""
    tasks = cli.tasks_of(args)
    stories = {task.id: task for task in tasks}
    (user,) = cli.connect_models(args, "user")
    simulator = uso.UserSimulator(uso.read_prompt(args.prompt), user)
    agent = agent_of(args)

    def play(steering: Traits | None) -> uso.Rollout:
        name = steering.label if steering else NONE
        return uso.rollout(
            simulator,
            agent,
            tasks,
            seeds=args.seeds,
            workers=args.threads,
            run_dir=args.run_dir / name.replace(" ", "_") if args.run_dir else None,
            max_turns=args.max_turns,
            steering=steering,
        )

    plain = play(None)
    traits = cli.traits_in(args)
    return [uso.tau.check_traits(each, plain, play(each), stories) for each in traits]


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "--prompt", default="base", type=cli.prompt_file, help="prompt file of the customer"
    )
    cli.add_dataset(parser, default="airline")
    parser.add_argument("--split", choices=("train", "smoke", "test"), default="train")
    parser.add_argument("--tasks", type=cli.names, help="ids, such as 001,002; else all of --split")
    cli.add_traits(parser)
    parser.add_argument(
        "--recorded",
        nargs=2,
        type=Path,
        metavar=("WITHOUT", "WITH"),
        help="conversations that were played before, as `uso.read_conversations` reads them; "
        "nothing is played then",
    )
    parser.add_argument(
        "--stories", type=Path, metavar="TASKS", help="tasks of --recorded, of tau-bench or tau2"
    )
    cli.add_models(parser, "user")
    parser.add_argument("--agent", default=OFFLINE, help="offline, or a model string")
    parser.add_argument("--agent-options", default={}, type=cli.sampling_options)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="what the agent is told")
    parser.add_argument("--seeds", type=cli.count, default=1, help="conversations per task")
    parser.add_argument("--max-turns", type=cli.count, default=8, help="customer turns at most")
    parser.add_argument("--threads", type=cli.count, default=8, help="conversations at once")
    parser.add_argument("--run-dir", type=Path, help="keeps them; the same command goes on with it")
    return parser


def agent_of(args: argparse.Namespace) -> uso.LMAgent:
    """The agent by its name, with the policy if there is one."""
    model = "offline/agent" if args.agent == OFFLINE else args.agent
    lm = cli.connect_model("agent", model, args.agent_options, option="--agent")
    if args.policy is None:
        return uso.LMAgent(lm)
    return uso.LMAgent(lm, read_text(args.policy, expected="the agent's policy"))
