import copy

import pytest

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.realism import read_latents
from usersim_opt.realism.latent.table import LATENTS

SMALL = {
    "profile_lead": "You are:",
    "intent_lead": "You want:",
    "profiles": {
        "calm": {"text": "you are calm", "shows": "calm", "weight": 1},
        "loud": {"text": "you are loud", "shows": "loud", "weight": 3},
    },
    "intents": {
        "ask": {"text": "ask", "shows": "a question"},
        "nod": {"text": "agree", "shows": "a yes"},
    },
    "start": {"ask": 1},
    "transitions": {"ask": {"nod": 1}, "nod": {"ask": 1, "nod": 1}},
}


def read(tmp_path, *place, value):
    data = copy.deepcopy(SMALL)
    field = data
    for name in place[:-1]:
        field = field[name]
    field[place[-1]] = value
    file = tmp_path / "mine.yaml"
    file.write_text(strict_yaml.dumps(data))
    return read_latents(file)


def test_the_table_that_comes_along_has_the_profiles_and_intents_of_the_page():
    assert {"plain", "hurried", "wordy", "anxious", "irritated", "forgetful"} == set(
        LATENTS.profiles
    )
    assert {"express_dissatisfaction", "ask_back", "correct", "drift", "accept"} < set(
        LATENTS.intents
    )


def test_nobody_accepts_before_anything_was_offered():
    assert "accept" not in LATENTS.start


def test_a_table_of_ones_own_is_read_and_told_from_others(tmp_path):
    mine = read(tmp_path, "start", value={"nod": 1})
    other = read(tmp_path, "start", value={"nod": 2})
    assert set(mine.profiles) == {"calm", "loud"}
    assert len({mine.digest, other.digest, LATENTS.digest}) == 3


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("start",), {"shout": 1}, "start: shout is none; expected one of ask, nod"),
        (("start",), {"ask": 0}, "start: all weights are 0"),
        (("start",), {"ask": -1}, "start.ask"),
        (("transitions",), {"ask": {"nod": 1}}, "transitions: nod is missing"),
        (("transitions", "ask"), {}, "transitions.ask: all weights are 0"),
        (("profiles",), {}, "profiles: is empty"),
        (("profiles", "sample"), SMALL["profiles"]["calm"], "no one may be called `sample`"),
        (("profiles", "calm", "text"), " ", "something to be seen"),
        (("intents", "nod", "wieght"), 2, "wieght"),
    ],
)
def test_a_wrong_table_says_what_is_wrong(tmp_path, place, value, says):
    with pytest.raises(DatasetError, match=f"mine.yaml: .*{says}"):
        read(tmp_path, *place, value=value)
