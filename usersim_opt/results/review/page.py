"""A worksheet as one HTML file: read, decide by a key, save a file for import.

It has the style, the escaping and the policy of a run's page: no network, nothing runs but its own
script. The browser keeps labels until they are saved, so a page that was closed goes on where it
was. Without the script everything can be read, and the YAML file be filled in.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from usersim_opt.basics import strict_json
from usersim_opt.basics.figures import OFFLINE_NOTE, many
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.text import sha256, visible
from usersim_opt.basics.version import __version__
from usersim_opt.results.report.frame import frame, packaged, templates
from usersim_opt.results.review.sheet import Worksheet

_PACKAGE, _STYLE = "usersim_opt.results.review", "usersim_opt.results.report"


def write_page(sheet: Worksheet, path: str | Path) -> Path:
    """Write the page of a worksheet, whole or not at all, and return its path.

    InputError for a file that cannot be written.
    """
    file = Path(path)
    check_writable(file)
    write_text(file, render(sheet, file.stem))
    return file


def render(sheet: Worksheet, name: str) -> str:
    """The page as text; `name` is what its saved file is called."""
    style = Markup("").join([packaged(_STYLE, "style.css"), packaged(_PACKAGE, "page.css")])
    values: dict[str, Any] = {
        **frame(style, packaged(_PACKAGE, "page.js")),
        "title": f"{many(len(sheet.entries), 'verdict')} to look at",
        "sheet": sheet,
        "data": _embedded(sheet),
        "id": sha256(strict_json.dumps(sheet.model_dump(mode="json")))[:16],
        "name": name,
        "offline": OFFLINE_NOTE if sheet.offline else "",
        "made_by": __version__,
    }
    # A reply may hold what a browser obeys or a file cannot hold: one pass misses none.
    return visible(_environment().get_template("page.html").render(values))


def _embedded(sheet: Worksheet) -> Markup:
    """The worksheet as JSON that no text in it can close: it holds no `<`, and only ASCII."""
    data = json.dumps(sheet.model_dump(mode="json"))
    return Markup(data.replace("<", r"\u003c"))  # noqa: S704 - no text can end the block


@cache
def _environment() -> Environment:
    return templates(_PACKAGE)
