import hashlib
import json

import pytest

import usersim_opt as uso
from usersim_opt.errors import InputError


def test_the_exported_bytes_are_the_ones_that_were_measured(simulator, tmp_path):
    file = uso.export_prompt(simulator, tmp_path / "deep" / "p.txt")
    assert file.read_bytes() == simulator.prompt.text.encode()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == simulator.prompt.sha256
    assert uso.read_prompt(file) == simulator.prompt
    assert not (tmp_path / "deep" / "p.json").exists()


def test_a_tuned_prompt_gets_a_card(airline, simulator, metric, tmp_path):
    optimizer = uso.RubricOptimizer(metric=metric, proposer_lm=uso.connect("offline/proposer"), run_dir=tmp_path / "run", max_calls=700, seed=6)
    best = optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke)
    file = uso.export_prompt(best, tmp_path / "p.txt")
    card = json.loads((tmp_path / "p.json").read_text())
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert card["offline"] is True
    assert "offline stand-in" in card["note"]
    assert card["models"]["user"] == "offline/user temperature=0.9"
    assert card["compared_with_seed"]["tasks"] == 5
    assert card["compared_with_seed"]["shipped"] == (best.result.shipped == best.result.finalist)


@pytest.mark.parametrize(("name", "complaint"), [("p.json", "name of a card"), ("folder", "is a folder"), ("file/p.txt", "cannot be written")])
def test_a_target_that_cannot_hold_a_prompt_is_named(simulator, tmp_path, name, complaint):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=complaint):
        uso.export_prompt(simulator, tmp_path / name)
