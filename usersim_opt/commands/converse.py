"""Let a simulated customer talk with an agent, or with you."""

import argparse
from pathlib import Path
from typing import Any

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import visible
from usersim_opt.commands import cli
from usersim_opt.customer.difficulty import DIFFICULTIES
from usersim_opt.customer.person import Person
from usersim_opt.results.card import warn_if_changed

ME, OFFLINE = "me", "offline"


def main() -> int:
    """Play the conversations of each prompt, show some, write the page."""
    args = options().parse_args()
    check(args)
    tasks = cli.tasks_of(args)
    prompts = cli.prompts_of(args)
    (user,) = cli.connect_models(args, "user")
    if args.dry_run:
        return cli.show_talks(args, prompts, tasks=len(tasks))
    agent = agent_of(args)
    steering = cli.steering_of(args, tasks)
    everything: list[uso.Conversation] = []
    for path, prompt in prompts:
        warn_if_changed(path, prompt, user)
        simulator = uso.UserSimulator(prompt, user)
        folder = args.run_dir / f"{path.stem}-{prompt.sha256[:8]}" if args.run_dir else None
        talks = uso.rollout(
            simulator,
            agent,
            tasks,
            seeds=args.seeds,
            workers=1 if args.agent == ME else args.threads,
            run_dir=folder,
            max_turns=args.max_turns,
            max_calls=args.max_calls,
            steering=steering,
        )
        everything += talks
        print("\n".join([f"\n{path}", *shown(talks, args), str(talks)]))
        if folder and args.survey:
            rated = uso.realism.rated_of(talks, tasks)
            file = folder / "survey.json"
            asked = uso.realism.ask_survey(simulator, rated, file, workers=args.threads)
            print(f"Survey: {asked}\nWritten: {file}")
    if args.html:
        names = {prompt.sha256: path.stem for path, prompt in prompts}
        print(f"\nWritten: {uso.write_transcripts(everything, args.html, names=names)}")
    return 0


def check(args: argparse.Namespace) -> None:
    """InputError, before anything is played, for options that do not go together."""
    if args.survey and not args.run_dir:
        raise InputError("--survey is given without --run-dir, where its answers are kept")


def shown(talks: uso.Rollout, args: argparse.Namespace) -> list[str]:
    """Some conversations in full; whoever was the agent has seen them, and is told how they end."""
    if args.agent == ME:
        return [f"Task {talk.task}, seed {talk.seed}: {talk.ending}" for talk in talks]
    return [f"{talk}\n" for talk in talks[: args.show]]


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "--prompt", required=True, type=cli.prompt_file, help="prompt file of the customer"
    )
    parser.add_argument(
        "--against", type=cli.prompt_file, help="prompt file to set beside it, the old one"
    )
    cli.add_dataset(parser)
    parser.add_argument("--split", choices=("train", "smoke", "test"), default="smoke")
    parser.add_argument("--tasks", type=cli.names, help="ids, such as 001,002; else all of --split")
    cli.add_models(parser, "user")
    manner = parser.add_mutually_exclusive_group()
    manner.add_argument("--difficulty", choices=DIFFICULTIES, help="manner of the customers")
    manner.add_argument("--personas", type=cli.count, metavar="N", help="N manners, far apart")
    manner.add_argument("--traits", metavar="impatience=high,...", help="traits of the customers")
    parser.add_argument("--agent", default=OFFLINE, help="offline, a model string, or me")
    parser.add_argument("--agent-options", default={}, type=cli.sampling_options)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="what the agent is told")
    parser.add_argument("--seeds", type=cli.count, default=1, help="conversations per task")
    parser.add_argument("--max-turns", type=cli.count, default=20, help="customer turns at most")
    parser.add_argument("--max-calls", type=cli.count, help="calls of both sides, per prompt")
    parser.add_argument("--threads", type=cli.count, default=8, help="conversations at once")
    parser.add_argument("--run-dir", type=Path, help="keeps them; the same command goes on with it")
    parser.add_argument(
        "--survey", action="store_true", help="the customer rates each one; kept in --run-dir"
    )
    parser.add_argument("--show", type=int, default=1, help="conversations to print, per prompt")
    cli.add_output(parser, "--html", metavar="FILE", help="a page of all of them")
    cli.add_dry_run(parser)
    return parser


def agent_of(args: argparse.Namespace) -> Any:
    """The agent by its name, with the policy if there is one."""
    policy = read_text(args.policy, expected="the agent's policy") if args.policy else ""
    if args.agent == ME:
        print(visible(policy or "You are the agent. Answer line by line; Ctrl-D leaves."))
        return Person()
    model = "offline/agent" if args.agent == OFFLINE else args.agent
    lm = cli.connect_model("agent", model, args.agent_options, option="--agent")
    return uso.LMAgent(lm, policy) if args.policy else uso.LMAgent(lm)
