"""From the command line: a worksheet is exported, filled in, and imported."""

import sys

import pytest
from reviews import made_dataset, saved

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands.review_rubrics import main

FILES = ("old.jsonl", "new.jsonl")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """The command in a folder with a data set and two evaluations; what it prints."""
    saved(made_dataset(tmp_path / "data"), tmp_path)
    monkeypatch.chdir(tmp_path)

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["review-rubrics", *arguments])
        assert main() == 0
        return capsys.readouterr().out

    return start


def test_a_worksheet_is_exported_filled_in_by_hand_and_imported(run, tmp_path):
    said = run("export", *FILES, "--sheet", "review", "--judge-lm", "offline/judge")
    assert "Written: review.yaml\nWritten: review.html\n12 verdicts to look at." in said
    assert "<!doctype html>" in (tmp_path / "review.html").read_text()
    sheet = tmp_path / "review.yaml"
    text = sheet.read_text().replace("label: ''", "label: fail").replace("who: ''", "who: p07")
    sheet.write_text(text)
    with pytest.raises(InputError, match="12 labels, which would be lost"):
        run("export", *FILES, "--sheet", "review")
    said = run("import", "review.yaml", *FILES, "--dataset", "data", "--save", "regraded")
    assert "12 new labels stored in data/labels.jsonl" in said
    assert "none of the simulator" in said
    regraded = uso.read_evaluation(tmp_path / "regraded" / "new.jsonl")
    assert {each.verdicts[1].source for each in regraded.outcomes} == {"person"}


def test_without_a_data_set_labels_lie_beside_the_worksheet(run, tmp_path):
    run("export", *FILES)
    sheet = tmp_path / "worksheet.yaml"
    sheet.write_text(sheet.read_text().replace("label: ''", "label: pass", 1))
    said = run("import", "worksheet.yaml", *FILES, "--who", "p08")
    assert "1 new label stored in labels.jsonl; 1 of 12 verdicts are labelled" in said
    assert '"who": "p08"' in (tmp_path / "labels.jsonl").read_text()


def test_nothing_is_asked_of_a_model_before_the_output_can_be_written(run, tmp_path):
    (tmp_path / "review.html").mkdir()
    with pytest.raises(InputError, match=r"review.html: is a folder"):
        run("export", *FILES, "--sheet", "review", "--judge-lm", "no/such")
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken: is a file; expected a folder"):
        run("import", "review.yaml", *FILES, "--save", "taken")
