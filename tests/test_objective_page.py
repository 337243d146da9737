"""docs/objective.md: its example runs, and what it says of the cost is what is planned."""

import re
from pathlib import Path

from conftest import ROOT

PAGE = (ROOT / "docs" / "objective.md").read_text()


def test_the_example_of_the_page_runs_and_prints_what_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("datasets").symlink_to(ROOT / "datasets")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "objective.md", "exec"), {})
    assert f"`{capsys.readouterr().out.strip()}`" in PAGE
