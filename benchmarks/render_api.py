"""Write the reference of all public names, from their docstrings, as pages that need no network."""

from pathlib import Path
from types import ModuleType

import pdoc
from _command_line import parser, run

import usersim_opt as uso

FACES = (uso, uso.realism, uso.tau)
"""The modules whose `__all__` is public."""


def main() -> int:
    """Load what is loaded when it is first used, then write the pages."""
    options = parser(__doc__)
    options.add_argument("--out", type=Path, default=Path("build/api"), help="folder of the pages")
    args = options.parse_args()
    for face in FACES:
        load(face)
    pdoc.render.configure(docformat="google", show_source=False, footer_text=uso.__version__)
    pdoc.pdoc(*(face.__name__ for face in FACES[:1]), output_directory=args.out)
    print(f"Written: {args.out / 'index.html'}")
    return 0


def load(face: ModuleType) -> None:
    """Put the lazy names of a module where pdoc looks for names."""
    for name in face.__all__:
        setattr(face, name, getattr(face, name))


if __name__ == "__main__":
    run(main)
