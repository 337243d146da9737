"""What a long run costs beside its calls, and what resuming it costs: bench_resume.py --help.

A run of stand-ins, then the same run from a record that lacks its last lines. Its figures are
processor time; the stand-ins' answers are part of it, which a resumed run does not need.
"""

import tempfile
import time
from pathlib import Path

import _attack_run
import _command_line

from usersim_opt.basics.layout import grid
from usersim_opt.results.journal import FILE

KEPT = 0.97
"""Share of the record that the resumed run goes on with."""


def main() -> int:
    """Run, cut the record, resume; print both times and whether the winner is the same."""
    parser = _command_line.parser(__doc__)
    parser.add_argument(
        "--max-calls", type=_command_line.count, default=20_000, help="calls of the run"
    )
    calls = parser.parse_args().max_calls
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        whole, spent = _compiled(folder, calls)
        _cut(folder / FILE)
        resumed, spent_again = _compiled(folder, calls)
    rows = [("whole run", spent), (f"resumed with {KEPT:.0%} of its record", spent_again)]
    cells = [(what, f"{seconds:.1f}", f"{1000 * seconds / calls:.2f}") for what, seconds in rows]
    print(grid(("run", "processor time, s", "ms a call"), cells))
    print("the same winner" if resumed == whole else "ANOTHER WINNER")
    return 0 if resumed == whole else 1


def _compiled(folder: Path, calls: int) -> tuple[str, float]:
    """The text of the winner, and seconds of processor time."""
    started = time.process_time()
    best = _attack_run.compile_in(folder, max_calls=calls)
    return best.prompt.text, time.process_time() - started


def _cut(record: Path) -> None:
    lines = record.read_bytes().splitlines(keepends=True)
    record.write_bytes(b"".join(lines[: int(KEPT * len(lines))]))


if __name__ == "__main__":
    _command_line.run(main)
