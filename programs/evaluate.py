"""Grade one prompt, or compare two, on a split of a dataset: python programs/evaluate.py --help."""

from pathlib import Path

import _cli
from tqdm.auto import tqdm

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.results.card import warn_if_changed


def main() -> int:
    """Evaluate --prompt; with --against compare it with that one."""
    parser = _cli.parser(__doc__)
    parser.add_argument("--dataset", required=True, type=Path, help="dataset folder")
    parser.add_argument(
        "--split",
        choices=("train", "smoke", "test"),
        default="test",
        help="scenarios to use; test is for final reports",
    )
    parser.add_argument("--prompt", required=True, type=Path, help="prompt file")
    parser.add_argument("--against", type=Path, help="prompt file to compare with, the old one")
    _cli.add_models(parser, "user", "judge")
    parser.add_argument("--seeds", type=_cli.count, default=3, help="replies per scenario")
    parser.add_argument("--show", type=int, default=0, help="failing replies to print")
    parser.add_argument("--threads", type=_cli.count, default=8, help="calls at the same time")
    args = parser.parse_args()
    examples = getattr(uso.load_dataset(args.dataset), args.split)
    prompts = [(path, uso.read_prompt(path)) for path in (args.against, args.prompt) if path]
    user, judge = _cli.connect_models(args, "user", "judge")
    for path, prompt in prompts:
        warn_if_changed(path, prompt, user)
    metric = uso.RubricMetric(uso.RubricJudge(judge))
    sims = [uso.UserSimulator(prompt, user) for _, prompt in prompts]
    with tqdm(total=len(sims) * args.seeds * len(examples), unit="reply", disable=None) as bar:
        options = {
            "seeds": args.seeds,
            "workers": args.threads,
            "progress": lambda outcome: bar.update(),
        }
        found = (
            uso.compare(*sims, examples, metric, **options)
            if args.against
            else uso.evaluate(*sims, examples, metric, **options)
        )
    print(found)
    if args.show:
        print("\n" + (found.new if args.against else found).failures(args.show))
    if any(lm.model.startswith("offline/") for lm in (user, judge)):
        print(f"\n{OFFLINE_NOTE}")
    return 0


if __name__ == "__main__":
    _cli.run(main)
