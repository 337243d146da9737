import json

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.results.export import FORMATS


def other_version(result):
    """A version of the run that never met the smoke split."""
    measured = (result.seed.sha256, result.finalist.sha256)
    return next(each for each in result.versions.values() if each.sha256 not in measured)


@pytest.mark.parametrize("form", [form for form in FORMATS if form.name != "modelfile"])
def test_a_result_stands_for_the_prompt_that_its_run_shipped(tuned, tmp_path, form):
    for folder, source in (("sim", tuned), ("result", tuned.result)):
        uso.export(source, tmp_path / folder / form.file, form=form.name)
    texts = [
        {file.name: file.read_text() for file in (tmp_path / folder).iterdir()}
        for folder in ("sim", "result")
    ]
    assert texts[0] == texts[1]


def test_each_function_by_its_name_takes_a_result(tuned, tmp_path):
    result = tuned.result
    file = uso.export_prompt(result, tmp_path / "p.txt")
    assert uso.read_prompt(file).sha256 == result.shipped.sha256
    uso.export_tau2(result, tmp_path / "g.md")
    uso.export_dspy(result, tmp_path / "s.json")
    with pytest.warns(UserWarning, match="was measured with offline/user"):
        uso.export_modelfile(result, tmp_path / "M", base_model="x")
    with pytest.raises(InputError, match="expected a UserSimulator"):
        uso.export_prompt("runs/first", tmp_path / "q.txt")


def test_the_command_writes_what_a_run_shipped_with_its_figures(
    started, tuned, tuned_dir, tmp_path
):
    assert started("export", tuned_dir, "--text", tmp_path / "p.txt")[0] == 0
    assert uso.read_prompt(tmp_path / "p.txt") == tuned.prompt
    card = json.loads((tmp_path / "p.json").read_text())
    assert card["measured"]
    assert card["compared_with_seed"]["candidate_sha256"] == tuned.result.finalist.sha256


def test_a_version_that_was_not_shipped_is_written_with_a_card_that_says_so_and_why(
    started, tuned, tuned_dir, tmp_path
):
    version = other_version(tuned.result)
    file = tmp_path / "v.txt"
    assert started("export", tuned_dir, "--version", version.id, "--text", file)[0] == 0
    assert uso.read_prompt(file).sha256 == version.sha256
    card = json.loads((tmp_path / "v.json").read_text())
    assert not card["measured"]
    assert f"is version {version.id} of a run, which did not ship it" in card["note"]
    ruling = tuned.result.reading.last_rulings.get(version.id)
    assert ruling is None or ruling.reason in card["note"]
    assert f"is version {version.id} of a run" in (tmp_path / "v.md").read_text()
