"""Grade one prompt, or compare two, on a split of a dataset: python programs/evaluate.py --help."""

import argparse
from pathlib import Path

import _cli

import usersim_opt as uso


def main() -> int:
    """Evaluate --prompt; with --against compare it with that one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, help="dataset folder")
    parser.add_argument("--split", choices=("train", "smoke", "test"), default="test", help="scenarios to use; test is for final reports")
    parser.add_argument("--prompt", required=True, type=Path, help="prompt file")
    parser.add_argument("--against", type=Path, help="prompt file to compare with")
    for role in ("user", "judge"):
        parser.add_argument(f"--{role}-lm", default=f"offline/{role}", help=f"model string of the {role}")
        parser.add_argument(f"--{role}-options", default={}, type=_cli.sampling_options, help="name=value,... such as temperature=0.9")
    parser.add_argument("--seeds", type=int, default=3, help="replies per scenario")
    parser.add_argument("--threads", type=int, default=8, help="calls at the same time")
    args = parser.parse_args()
    examples = getattr(uso.load_dataset(args.dataset), args.split)
    user, judge = uso.connect(args.user_lm, **args.user_options), uso.connect(args.judge_lm, **args.judge_options)
    for role, lm in (("user", user), ("judge", judge)):
        uso.preflight(lm, role)
    metric = uso.RubricMetric(uso.RubricJudge(judge))
    new = uso.UserSimulator(uso.read_prompt(args.prompt), user)
    if args.against:
        old = uso.UserSimulator(uso.read_prompt(args.against), user)
        print(uso.compare(old, new, examples, metric, seeds=args.seeds, workers=args.threads))
    else:
        print(uso.evaluate(new, examples, metric, seeds=args.seeds, workers=args.threads))
    return 0


if __name__ == "__main__":
    _cli.run(main)
