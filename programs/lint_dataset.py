"""Look for faults in a dataset and print its counts: python programs/lint_dataset.py --help."""

import argparse
from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = _cli.parser(__doc__)
    parser.add_argument("dataset", type=Path, help="dataset folder")
    parser.add_argument(
        "--min-scenarios-per-dimension",
        type=int,
        default=0,
        help="fault if a dimension occurs in fewer scenarios of train and smoke",
    )
    parser.add_argument(
        "--min-criteria", type=int, default=0, help="fault if train and smoke have fewer criteria"
    )
    parser.add_argument(
        "--min-check-share",
        type=float,
        default=0.0,
        help="fault if a smaller share of their criteria has a check",
    )
    return parser.parse_args()


def main() -> int:
    """Print counts of train with smoke and of test, then every fault; the status is 1 if any."""
    args = arguments()
    targets = Targets(args.min_scenarios_per_dimension, args.min_criteria, args.min_check_share)
    data = uso.load_dataset(args.dataset)
    faults = lint_dataset(data, targets)
    print_counts(data)
    print("\n" + "\n".join([*map(str, faults), f"{len(faults)} faults"]))
    return 1 if faults else 0


def print_counts(data: uso.Dataset) -> None:
    """The tables of train with smoke, and a line for test if it has scenarios."""
    used = Counts([*data.of("train"), *data.of("smoke")], data.kinds)
    print(f"Train and smoke: {used}")
    test = Counts(data.of("test"), data.kinds)
    if test.scenarios:
        first_line, _, _ = str(test).partition("\n")
        print(f"\nTest: {first_line}")


if __name__ == "__main__":
    _cli.run(main)
