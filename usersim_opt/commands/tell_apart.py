"""Whether people can be told from a simulator, by a classifier or a judge."""

import argparse
from pathlib import Path
from typing import Any

import usersim_opt as uso
from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import write_text
from usersim_opt.commands import cli
from usersim_opt.realism.discriminator.report import PERMUTATIONS
from usersim_opt.tau.result_sets import DOMAINS, read_results

REAL = "conversations of people, or of the simulator that is to look like them; forms: realism.md"


def main() -> int:
    """Tell two files of conversations apart, or calibrate a reader whose choices are recorded."""
    args = options().parse_args()
    check(args)
    found = reader(args) if args.preferences else told_apart(args)
    print("\n\n".join(map(str, found)))
    if args.json:
        fields = [each.fields for each in found]
        write_text(args.json, strict_json.dumps(fields, indent=1) + "\n")
        print(f"\nWritten: {args.json}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("real", type=Path, nargs="?", metavar="REAL", help=REAL)
    parser.add_argument(
        "simulated", type=Path, nargs="?", metavar="SIMULATED", help="those of the simulator"
    )
    parser.add_argument(
        "--model", choices=("logistic", "forest"), default="logistic", help="the classifier"
    )
    parser.add_argument(
        "--permutations", type=cli.count, default=PERMUTATIONS, help="draws for the null band"
    )
    parser.add_argument("--domain", choices=DOMAINS, help="of the tasks, where no file says it")
    parser.add_argument("--judge-lm", help="asked about pairs as well, two calls for each")
    parser.add_argument("--judge-options", default={}, type=cli.sampling_options)
    parser.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")
    parser.add_argument(
        "--people", action="store_true", help="REAL was typed by people: calibrates the judge"
    )
    parser.add_argument(
        "--preferences", type=Path, metavar="FILE", help="calibrates a reader's recorded choices"
    )
    parser.add_argument(
        "--dataset", type=cli.dataset_folder, help="dataset folder of the preferences"
    )
    cli.add_splits(parser)
    parser.add_argument(
        "--order", type=cli.names, default=[], help="prompts, those most like people first"
    )
    cli.add_output(parser, "--json", metavar="FILE", help="write everything there")
    return parser


def check(args: argparse.Namespace) -> None:
    """InputError, before anything is read, for options that do not go together."""
    if args.preferences and (args.real or not args.dataset or len(args.order) < 2):
        raise InputError(
            "--preferences needs --dataset and --order with two prompts or more, and no other file"
        )
    if not args.preferences and not args.simulated:
        raise InputError("expected two files of conversations, REAL and SIMULATED")
    if (args.judge_lm or "").startswith("offline/"):
        raise InputError(
            f"--judge-lm is {args.judge_lm!r}; there is no stand-in that compares texts: name a "
            "model, or leave it out"
        )


def reader(args: argparse.Namespace) -> list[Any]:
    """The calibration of a reader by the choices that were written down."""
    records = uso.read_preferences(args.preferences)
    scenarios = cli.dataset_of(args).scenarios
    pairs, recorded = uso.realism.recorded_choices(records, scenarios, order=args.order)
    return [uso.realism.calibrate_pairwise(recorded, pairs)]


def told_apart(args: argparse.Namespace) -> list[Any]:
    """What a classifier finds, and a judge where one is named."""
    sides = [read_results(path, domain=args.domain) for path in (args.real, args.simulated)]
    found: list[Any] = [
        uso.realism.discriminate(*sides, model=args.model, permutations=args.permutations)
    ]
    return [*found, judged(args, *sides)] if args.judge_lm else found


def judged(args: argparse.Namespace, real: Any, simulated: Any) -> Any:
    """What a judge finds, with its calibration where the right side is known."""
    pairs = uso.realism.conversation_pairs(real, simulated, person="one" if args.people else None)
    judge = uso.realism.PairwiseJudge(
        cli.connect_model("judge", args.judge_lm, args.judge_options, option="--judge-lm")
    )
    print(f"Asking about {many(len(pairs.pairs), 'pair')}, {judge.price} calls each\n")
    if args.people:
        return judge.calibrate(pairs, workers=args.threads)
    return uso.realism.win_rate(pairs, judge, workers=args.threads)
