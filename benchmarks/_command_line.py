"""The command line of the programs, for the benchmarks.

Their parser, their counts, and user errors without a traceback.
"""

import sys
from pathlib import Path

# At the end of the path: programs/evaluate.py and its neighbours must not hide an installed package
# of their name.
sys.path.append(str(Path(__file__).resolve().parent.parent / "programs"))

from _cli import count, parser, run

__all__ = ["count", "parser", "run"]
