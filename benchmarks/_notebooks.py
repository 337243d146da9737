"""Notebooks executed in a folder of their own and rendered as Markdown with pictures.

The rendered copies hold no paths, times or warnings.
"""

import base64
import io
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from usersim_opt.basics.errors import InputError

HERE = Path(__file__).resolve().parent.parent
NEEDED = ("datasets", "docs", "optimized")
SECONDS = 300
"""For one cell, on a slow machine."""


@dataclass(frozen=True)
class Rendered:
    """A notebook as Markdown, and its pictures by file name."""

    name: str
    text: str
    pictures: dict[str, bytes]

    def write(self, folder: Path) -> list[Path]:
        """Write text and pictures; pictures of an earlier rendering go."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{self.name}-*.png"):
            old.unlink()
        files = {
            folder / f"{self.name}.md": self.text.encode(),
            **{folder / name: data for name, data in self.pictures.items()},
        }
        for path, data in files.items():
            path.write_bytes(data)
        return list(files)


def render(path: Path) -> Rendered:
    """Execute a notebook in a temporary copy of the repository and render it.

    InputError names the cell that fails, or a path of this machine in an output.
    """
    notebook = nbformat.read(path, as_version=4)
    with _copy(path) as folder:
        _execute(notebook, path, folder / "notebooks")
        rendered = _markdown(path.stem, notebook)
        _check_private(rendered, path, (str(folder), str(HERE), str(Path.home()) + os.sep))
    return rendered


def _execute(notebook: Any, path: Path, folder: Path) -> None:
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise InputError(f"{path}: a cell failed\n{error}") from error


def _check_private(rendered: Rendered, path: Path, private: tuple[str, ...]) -> None:
    for place in private:
        if place in rendered.text:
            raise InputError(
                f"{path}: its output holds a path of this machine, {place}; "
                "expected paths from the repository's root"
            )


@contextmanager
def _copy(path: Path) -> Iterator[Path]:
    """A folder that looks like the repository to a notebook; what it writes goes with it."""
    with TemporaryDirectory(prefix="notebook-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        (folder / "notebooks").mkdir()
        shutil.copy(path, folder / "notebooks")
        for needed in NEEDED:
            (folder / needed).symlink_to(HERE / needed)
        settings = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "DSPY_CACHEDIR": str(folder / "cache"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        with _environment(settings):
            yield folder


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the kernel, which inherits them, and put the old ones back."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _markdown(name: str, notebook: Any) -> Rendered:
    source = f"notebooks/{name}.ipynb"
    note = f"Rendered from {source} by `make notebooks`; edit the notebook, not this file."
    parts = [f"<!-- {note} -->"]
    pictures: dict[str, bytes] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            # The rendered page stands one folder deeper, in docs/ itself.
            parts.append(cell.source.replace("](../docs/", "](../"))
            continue
        parts.append(_fenced(cell.source, "python"))
        for output in _joined(cell.outputs):
            if picture := output.get("data", {}).get("image/png"):
                file = f"{name}-{len(pictures) + 1}.png"
                pictures[file] = _small(base64.b64decode(picture))
                parts.append(f"![Figure {len(pictures)}]({file})")
            elif text := _text(output):
                parts.append(text)
    return Rendered(name, "\n\n".join(parts) + "\n", pictures)


def _joined(outputs: list[Any]) -> list[Any]:
    """The outputs with consecutive prints as one; how they were cut depends on the moment."""
    joined: list[Any] = []
    for output in outputs:
        if joined and _stream(output) and _stream(output) == _stream(joined[-1]):
            text = joined[-1].text + output.text
            joined[-1] = nbformat.from_dict(joined[-1] | {"text": text})
        else:
            joined.append(output)
    return joined


def _stream(output: Any) -> str:
    """`stdout` or `stderr` for a print; empty for anything else."""
    return str(output.name) if output.output_type == "stream" else ""


def _small(picture: bytes) -> bytes:
    """A plot in 256 colours, half the size."""
    file = io.BytesIO()
    colours = Image.open(io.BytesIO(picture)).convert("RGB")
    colours.quantize(256, dither=Image.Dither.NONE).save(file, format="png", optimize=True)
    return file.getvalue()


def _text(output: Any) -> str:
    """An output as Markdown; stderr is left out: bars and warnings, which name paths."""
    if output.output_type == "stream":
        return _fenced(output.text.rstrip("\n"), "text") if output.name == "stdout" else ""
    data = output.get("data", {})
    if "text/html" in data:
        page = re.sub(r"<style[^>]*>.*?</style>", "", data["text/html"], flags=re.DOTALL)
        page = re.sub(r' (?:style|border|class|title)="[^"]*"', "", page)  # GitHub drops them
        return "\n".join(line.strip() for line in page.splitlines() if line.strip())
    return _fenced(data.get("text/plain", ""), "text")


def _fenced(text: str, language: str) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)  # longer than any row of backticks in the text
    return f"{fence}{language}\n{text}\n{fence}" if text else ""
