"""Show a run in the terminal, under way or finished."""

import argparse
import io
import shutil
import sys
from pathlib import Path

from usersim_opt.commands import cli
from usersim_opt.results.terminal import follow, once

MIN_SECONDS = 0.1


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("run", type=Path, help="run folder, the --run-dir of optimize")
    parser.add_argument("--once", action="store_true", help="print the run as it is now and end")
    parser.add_argument("--every", type=cli.seconds, default=2.0, help="seconds between two looks")
    return parser


def main() -> int:
    """Draw in place until the run is finished or Ctrl-C; where there is no terminal, print once."""
    args = options().parse_args()
    screen = getattr(sys.stdout, "unguarded", sys.stdout)  # it is drawn on by what it obeys
    if isinstance(screen, io.TextIOWrapper):  # a test's own stream may be none
        screen.reconfigure(errors="replace")
    if args.once or not sys.stdout.isatty():
        print(once(args.run, size=lambda: shutil.get_terminal_size((80, 60))))
    else:
        follow(
            args.run,
            every=max(MIN_SECONDS, args.every),
            out=screen,
            size=shutil.get_terminal_size,
        )
    return 0
