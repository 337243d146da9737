"""Put telecom tasks together from tau2's small faults."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.commands import cli
from usersim_opt.tau.composed import KINDS


def main() -> int:
    """Compose, check, write, and say what came of it."""
    args = options().parse_args()
    personas = strict_yaml.load(args.personas) if args.personas else None
    found = uso.tau.compose(
        args.count,
        kinds=tuple(args.kinds),
        faults=args.faults,
        personas=personas,
        seed=args.seed,
    )
    found.write(args.out)
    print(found)
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    cli.add_output(parser, "--out", required=True, help="file for build-dataset --tasks")
    parser.add_argument("--count", type=cli.count, default=30, help="tasks at the most")
    parser.add_argument("--kinds", type=cli.names, default=list(KINDS), help="kinds of tasks")
    parser.add_argument(
        "--faults", type=span, default=(1, 3), metavar="1-3", help="faults of one task"
    )
    parser.add_argument(
        "--personas",
        type=Path,
        metavar="FILE",
        help="yaml file of personas (name: text, or null), dealt in turn; without it tau2's own",
    )
    parser.add_argument("--seed", type=int, default=6, help="seed of the draw")
    return parser


def span(text: str) -> tuple[int, int]:
    """`2` or `1-3` as the least and the most."""
    first, dash, last = text.partition("-")
    return cli.count(first), cli.count(last if dash else first)
