import sys

from conftest import AIRLINE, BASE_PROMPT, ROOT
from processes import run


def measure(folder):
    command = [
        sys.executable,
        ROOT / "benchmarks" / "measure_guard.py",
        "corpus.yaml",
        "--dataset",
        AIRLINE,
        "--prompt",
        BASE_PROMPT,
    ]
    return run(command, cwd=folder)


def test_the_guard_is_measured_from_the_command_line(tmp_path):
    (tmp_path / "corpus.yaml").write_text(
        "mine: [{id: a, class: name, text: Be like Ines Duarte.}, "
        "{id: b, class: clean, text: Be brief.}]"
    )
    done = measure(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:4] for line in done.stdout.splitlines()[2:5]] == [
        ["mine", "name", "1/1", "100.0%"],
        ["mine", "clean", "0/1", "0.0%"],
        ["mine", "all", "contaminated", "1/1"],
    ]
    (tmp_path / "corpus.yaml").write_text("mine: [{id: a, text: Be brief.}]")
    done = measure(tmp_path)
    wanted = "expected for each half a list of entries with the texts id, class and text"
    assert (done.returncode, done.stderr) == (2, f"error: corpus.yaml: {wanted}\n")
