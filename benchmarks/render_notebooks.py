"""Execute the notebooks and write their rendered copies: render_notebooks.py --help."""

from pathlib import Path

import _command_line
from _notebooks import HERE, render


def main() -> int:
    """Run each notebook with the offline models and write Markdown and pictures."""
    parser = _command_line.parser(__doc__)
    parser.add_argument(
        "notebooks",
        nargs="*",
        type=Path,
        default=sorted((HERE / "notebooks").glob("*.ipynb")),
        help="notebooks to render",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=HERE / "docs" / "notebooks",
        help="folder for the rendered copies",
    )
    args = parser.parse_args()
    for path in args.notebooks:
        files = render(path).write(args.out)
        size = sum(file.stat().st_size for file in files)
        print(f"{path.name}: {len(files)} files, {size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    _command_line.run(main)
