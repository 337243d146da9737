"""Kill runs at random moments and see that nothing else changes: stress_kill.py --help."""

import random
import tempfile
from pathlib import Path

import _command_line
import _stress


def main() -> int:
    """One whole run, then one that is killed again and again.

    Compare winner, record, and the server's count of calls.
    """
    parser = _command_line.parser(__doc__)
    parser.add_argument("--kills", type=_command_line.count, default=100, help="SIGKILLs in all")
    parser.add_argument("--max-calls", type=_command_line.count, default=700, help="calls of a run")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    args = parser.parse_args()
    draw = random.Random(args.seed)  # noqa: S311 - reproducible moments, nothing secret
    left, bad = args.kills, 0
    with tempfile.TemporaryDirectory() as folder:
        whole = _stress.whole_run(Path(folder), max_calls=args.max_calls)
        while left > 0:
            kills = min(left, draw.randint(1, 10))
            killed = _stress.killed_run(Path(folder), whole, kills=kills, draw=draw)
            left -= max(1, killed.kills)
            bad += not killed.as_it_should_be
            print(killed, flush=True)
    print(f"{args.kills} kills, {bad} runs that did not end as they should")
    return 1 if bad else 0


if __name__ == "__main__":
    _command_line.run(main)
