"""The command line of the programs, for the benchmarks.

Their parser, their counts, and user errors without a traceback.
"""

from usersim_opt.commands.cli import count, parser
from usersim_opt.commands.entry.leaving import run

__all__ = ["count", "parser", "run"]
