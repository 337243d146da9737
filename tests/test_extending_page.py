"""docs/extending.md: every example runs as it stands, and is about ten lines long."""

import re

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "extending.md").read_text()
SHARED, *BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NAMES = re.findall(r"^## (?:A|An) (.*)$", PAGE, re.MULTILINE)
LONGEST = 24


@pytest.fixture(scope="module")
def names():
    """What the page's examples have in common, in the order of the page."""
    found = {}
    exec(compile(SHARED, "extending.md", "exec"), found)
    return found


def test_the_page_has_an_example_of_each_piece():
    assert NAMES == ["metric", "judge", "gate", "search", "agent", "language model"]
    assert len(BLOCKS) == len(NAMES)
    assert all(len(block.strip().splitlines()) <= LONGEST for block in BLOCKS)


@pytest.mark.parametrize("block", BLOCKS, ids=NAMES)
def test_the_example_runs(names, tmp_path, monkeypatch, capsys, block):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "extending.md", "exec"), names)
    assert capsys.readouterr().out.strip() not in ("", "None")
