"""Tries what an unkind machine, network, server or file does to the library: attack.py --help.

Each way is tried for real in a folder of its own; docs/reliability.md has the table.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import _attack_files
import _attack_load
import _attack_loaders
import _attack_record
import _attack_secrets
import _attack_server
import _attack_text
import _command_line
from _attack_ways import Came, Family, Outcome, Way, section, without
from _bench_page import write_section

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
FAMILIES: tuple[Family, ...] = (
    _attack_record.WAYS,
    _attack_server.WAYS,
    _attack_text.WAYS,
    _attack_files.WAYS,
    _attack_loaders.WAYS,
    _attack_secrets.WAYS,
    _attack_load.WAYS,
)


def main() -> int:
    """Try the ways, print them, and write the page's section where all were tried."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--only", default="", help="ways whose names hold this text; no page")
    parser.add_argument("--out", type=Path, default=PAGE, help="page whose section is written")
    args = parser.parse_args()
    tables = [(family.name, list(outcomes(family, args.only))) for family in FAMILIES]
    if not args.only:
        write_section(args.out, "attacks", section(tables))
    return int(any(outcome.came.bad for _, found in tables for outcome in found))


def outcomes(family: Family, only: str) -> Iterator[Outcome]:
    """What came of the ways of a family, each printed as it is there."""
    for way in family.ways:
        if only in way.name:
            outcome = Outcome(way.name, tried(way))
            print(outcome.row, flush=True)
            yield outcome


def tried(way: Way) -> Came:
    """Try a way in a folder of its own; whatever it raises is a try that went through."""
    with TemporaryDirectory() as folder:
        try:
            came = way.attempt(Path(folder))
        except Exception as error:  # noqa: BLE001 - a crash is what is looked for
            came = Came(1, 1, f"{type(error).__name__}: {error}")
        return Came(came.tries, came.bad, without(Path(folder), came.said))


if __name__ == "__main__":
    _command_line.run(main)
