"""Measure what each piece of a prompt is worth, and write the shortest prompt that loses nothing significant: python programs/ablate.py --help."""

from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.results.card import warn_if_changed
from usersim_opt.results.export.text_file import check_target


def main() -> int:
    """Run the design on a split, print the table, write the prompt."""
    parser = _cli.parser(__doc__)
    parser.add_argument("prompt", type=Path, help="prompt file; any text will do")
    parser.add_argument("--dataset", required=True, type=Path, help="dataset folder")
    parser.add_argument(
        "--split", choices=("train", "smoke", "test"), default="train", help="scenarios to use"
    )
    parser.add_argument("--out", required=True, type=Path, help="text file for the shortest prompt")
    parser.add_argument(
        "--run-dir", type=Path, help="folder for the record; the same command goes on with it"
    )
    _cli.add_models(parser, "user", "judge")
    parser.add_argument(
        "--max-calls", type=_cli.count, default=1200, help="calls of user and judge together"
    )
    parser.add_argument("--seed", type=int, default=6, help="seed of all draws")
    _cli.add_workers(parser)
    args = parser.parse_args()
    check_target(args.out)
    examples, prompt = (
        getattr(uso.load_dataset(args.dataset), args.split),
        uso.read_prompt(args.prompt),
    )
    user, judge = _cli.connect_models(args, "user", "judge")
    warn_if_changed(args.prompt, prompt, user)
    sim, metric = uso.UserSimulator(prompt, user), uso.RubricMetric(uso.RubricJudge(judge))
    with _cli.workers_of(args) as workers:
        found = uso.ablate(
            sim,
            examples,
            metric,
            max_calls=args.max_calls,
            run_dir=args.run_dir,
            seed=args.seed,
            workers=workers,
        )
    print(found)
    if any(lm.model.startswith("offline/") for lm in (user, judge)):
        print(f"\n{OFFLINE_NOTE}")
    print(f"\nPrompt: {uso.export_prompt(sim.with_prompt(found.short), args.out)}")
    return 0


if __name__ == "__main__":
    _cli.run(main, on_interrupt="stopped; with --run-dir the same command goes on")
