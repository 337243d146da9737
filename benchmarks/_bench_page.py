"""The page docs/benchmarks.md has a section for each benchmark program.

Each program writes its own section and leaves the others as they are.
"""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def write_section(page: Path, name: str, text: str) -> None:
    """Put a text between the section's marks, at the end of the page if it has none yet."""
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if marked.search(old):
        new = marked.sub(lambda _: section, old, count=1)
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    page.write_text(new, encoding="utf-8")


def filled(template: str, figures: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced; what is put in is not read again."""
    return re.sub(r"\{(\w+)\}", lambda place: figures[place.group(1)], template)
