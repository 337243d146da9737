import json

from conftest import ROOT
from measure_universal_guards import main

from programs import run_benchmark

FIRST_FORM = ROOT / "tests" / "corpus" / "first_form"
CORPUS = """
mine:
  markup:
    - {in: "001.3", reply: "**no**"}
    - {in: "001.3", reply: "no"}
  clean:
    - {in: "001.3", reply: "no, wait"}
"""


def measure(folder, *options):
    return run_benchmark(main, "corpus.yaml", "--dataset", FIRST_FORM, *options, cwd=folder)


def test_the_universal_guards_are_measured_from_the_command_line(tmp_path):
    (tmp_path / "corpus.yaml").write_text(CORPUS)
    recorded = [
        {"scenario": "001.3", "prompt": "base", "reply": "**no**"},
        {"scenario": "001.3", "prompt": "base", "reply": "no", "repeat": 1},
    ]
    (tmp_path / "told.jsonl").write_text("\n".join(map(json.dumps, recorded)) + "\n")
    done = measure(tmp_path, "--replies", "told.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "mine, planted markup 1/2 50.0% 9.5% to 90.5%" in rows
    assert "mine, clean any 0/1 0.0% 0.0% to 79.3%" in rows
    assert "told base, clean markup 1/2 50.0% 9.5% to 90.5%" in rows
    assert "mine 001.3, planted markup: no objection" in rows
    assert "told base 001.3: markup: it holds markup or code: '**no**'" in rows


def test_files_of_another_kind_are_refused_by_name(tmp_path):
    (tmp_path / "corpus.yaml").write_text("mine: [{in: a}]")
    done = measure(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: corpus.yaml: expected for each half, by guard, a list")
    (tmp_path / "corpus.yaml").write_text(CORPUS)
    (tmp_path / "told.jsonl").write_text('{"scenario": "001.3"}\n')
    done = measure(tmp_path, "--replies", "told.jsonl")
    assert done.stderr == "error: told.jsonl:1: expected JSON with the texts scenario and reply\n"
    (tmp_path / "told.jsonl").write_text('{"scenario": "999.3", "reply": "no"}\n')
    done = measure(tmp_path, "--replies", "told.jsonl")
    assert done.stderr == "error: told: the data set has no scenario '999.3'\n"
