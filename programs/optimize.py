"""Tune a simulator's prompt on a dataset and write the winner: python programs/optimize.py --help."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import _cli

import usersim_opt as uso

HERE = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--dataset", default=HERE / "datasets" / "airline", type=Path, help="folder with tasks/, scenarios/, splits.yaml")
    parser.add_argument("--prompt", default=HERE / "optimized" / "airline" / "base.txt", type=Path, help="prompt to start from")
    parser.add_argument("--out", required=True, type=Path, help="text file for the winning prompt")
    parser.add_argument("--run-dir", type=Path, default=None, help="run folder; by default a new one under runs/")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --run-dir")
    for role in ("user", "judge", "proposer"):
        parser.add_argument(f"--{role}-lm", default=f"offline/{role}", help=f"model string of the {role}")
        parser.add_argument(f"--{role}-options", default={}, type=_cli.sampling_options, help="name=value,... such as temperature=0.9,num_ctx=16384")
    parser.add_argument("--max-calls", type=int, default=4000, help="model calls of all roles together")
    parser.add_argument("--minibatch-size", type=int, default=10, help="tasks per round")
    parser.add_argument("--seed", type=int, default=6, help="seed of all draws")
    parser.add_argument("--threads", type=int, default=8, help="calls at the same time")
    return parser.parse_args()


def main() -> int:
    """Connect, optimize, print, export."""
    args = arguments()
    run_dir = args.run_dir or Path("runs") / f"{args.dataset.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    _cli.check_run_dir(run_dir, resume=args.resume)
    data, prompt = uso.load_dataset(args.dataset), uso.read_prompt(args.prompt)
    models = {role: uso.connect(getattr(args, f"{role}_lm"), **getattr(args, f"{role}_options")) for role in ("user", "judge", "proposer")}
    for role, lm in models.items():
        uso.preflight(lm, role)
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(models["judge"])),
        proposer_lm=models["proposer"],
        run_dir=run_dir,
        max_calls=args.max_calls,
        minibatch_size=args.minibatch_size,
        seed=args.seed,
        workers=args.threads,
    )
    best = optimizer.compile(uso.UserSimulator(prompt, models["user"]), trainset=data.train, valset=data.smoke)
    print(best.result)
    print(f"\nPrompt: {uso.export_prompt(best, args.out)}\nRun:    {run_dir}")
    return 0


if __name__ == "__main__":
    _cli.run(main)
