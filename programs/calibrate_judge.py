"""Measure a judge on the example replies of a dataset: programs/calibrate_judge.py --help."""

from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.measuring.calibration.agreement import calibrate


def main() -> int:
    """Ask about every example of a split; print how often the judge is right, and what it says."""
    parser = _cli.parser(__doc__)
    parser.add_argument("dataset", type=Path, help="dataset folder")
    _cli.add_splits(parser)
    parser.add_argument(
        "--split", choices=("train", "smoke", "test"), default="train", help="scenarios to use"
    )
    _cli.add_models(parser, "judge")
    parser.add_argument("--threads", type=_cli.count, default=8, help="calls at the same time")
    args = parser.parse_args()
    scenarios = _cli.dataset_of(args).of(args.split)
    (lm,) = _cli.connect_models(args, "judge")
    print(calibrate(uso.RubricJudge(lm), scenarios, workers=args.threads))
    if lm.model.startswith("offline/"):
        print(f"\n{OFFLINE_NOTE}")
    return 0


if __name__ == "__main__":
    _cli.run(main)
