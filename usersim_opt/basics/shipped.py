"""What the package brings along: the airline data set, and the prompts to start from.

In an installed package they stand beside its modules, in `shipped/`; in a checkout, and in an
editable installation of one, where they are written: in `datasets/` and in `optimized/airline/`.

A name such as `airline` or `base` is looked up only where no file or folder of that name is found:
what you have yourself always wins.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = _PACKAGE / "shipped"
_CHECKOUT = _PACKAGE.parent
_FOLDERS = {
    "datasets": (_INSTALLED / "datasets", _CHECKOUT / "datasets"),
    "prompts": (_INSTALLED / "prompts", _CHECKOUT / "optimized" / "airline"),
}


def shipped_dataset(name: str | Path) -> Path:
    """The folder of the data set that a path or a name stands for; the path where it is no name."""
    return _found(Path(name), {folder.name: folder for folder in _datasets()})


def shipped_prompt(name: str | Path) -> Path:
    """The file of the prompt that a path or a name stands for; the path where it is no name."""
    return _found(Path(name), {file.stem: file for file in _prompts()})


def dataset_names() -> list[str]:
    """The names of the data sets that come with the package."""
    return sorted(folder.name for folder in _datasets())


def prompt_names() -> list[str]:
    """The names of the prompts that come with the package."""
    return sorted(file.stem for file in _prompts())


def is_packaged(folder: Path) -> bool:
    """Whether a folder is part of an installed package, where nothing of a user's should stand."""
    return folder.resolve().is_relative_to(_INSTALLED)


def _found(path: Path, known: dict[str, Path]) -> Path:
    # With a separator in it, ./airline, it is a path and never a name.
    return path if path.exists() else known.get(str(path), path)


def _datasets() -> list[Path]:
    return [file.parent for file in _place("datasets").glob("*/splits.yaml")]


def _prompts() -> list[Path]:
    return list(_place("prompts").glob("*.txt"))


def _place(kind: str) -> Path:
    installed, checkout = _FOLDERS[kind]
    return installed if installed.is_dir() else checkout
