import json

import pytest
from conftest import ROOT
from realism_cases import entry, said

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import CARD, as_text, measure
from usersim_opt.realism.result_sets import ResultSet, Talk, result_set
from usersim_opt.realism.table import FEATURES


def results(number=50, text="hi there please move my flight", **fields):
    talks = [Talk(f"airline_{n}", "0", said(text, "ok"), **fields) for n in range(number)]
    return ResultSet("mine", talks)


def row(measured, name):
    return next(each for each in measured.rows if each.name == name)


def human(number=50, text="ok", **fields):
    ends = ("", "_ann2", "_ann3")
    return {f"airline_{n}{end}": entry(text, "ok", **fields) for n in range(number) for end in ends}


def test_without_people_the_published_means_stand_beside_and_the_others_are_unknown():
    measured = measure(results())
    short = row(measured, "short_msg_rate")
    assert (short.value.mean, short.reference, short.origin) == (0.5, 0.29, "published (B)")
    assert short.differs is True
    assert row(measured, "opening_words").reference is None
    known = {each.name for each in measured.rows if each.reference is not None}
    assert known == set(CARD.people) - {"success"}
    text = as_text(measured)
    assert "29.0 %" in text
    assert "unknown" in text
    assert "No index" in text


def test_the_agent_s_success_is_shown_where_there_are_rewards():
    assert row(measure(results(reward=1.0)), "success").value.mean == 1
    assert all(each.name != "success" for each in measure(results()).rows)


def test_few_tasks_are_descriptive_only():
    measured = measure(results(39))
    assert measured.is_descriptive
    assert "fewer than 40 tasks: descriptive only" in as_text(measured)
    assert "differs" not in as_text(measured)
    assert not measure(results(40)).is_descriptive


def test_one_conversation_has_no_interval():
    assert "too few tasks" in as_text(measure(results(1)))


def test_people_who_say_the_same_are_within_the_noise():
    same = human(text="hi there please move my flight")
    measured = measure(results(reward=1.0), human=same, difficulty=dict.fromkeys(tasks(), 0.5))
    assert not any(each.differs for each in measured.rows)
    assert measured.score.model["usi"][0] == pytest.approx(100)
    assert "USI5 of the simulator, USI5 of people" in as_text(measured)


def tasks(number=50):
    return [f"airline_{n}" for n in range(number)]


def test_people_who_say_something_else_differ():
    measured = measure(results(), human=human())
    assert row(measured, "politeness_rate").differs
    assert measured.score.model["usi"] is None


def test_another_simulator_is_compared_and_gets_no_index():
    measured = measure(results(), against=results(text="no"))
    words = next(each for each in measured.changes if each.name == "opening_words")
    assert (words.difference, words.differs) == (5, True)
    assert measured.likeness["D4_react"].value == 100
    assert "Beside mine" in as_text(measured)


def test_tasks_that_people_do_not_have_are_an_error_that_says_what_to_do():
    with pytest.raises(InputError, match="no task is common.*airline_0.*Name the domain"):
        measure(result_set([said("hi")], name="x", where="x"), human=human())


def test_everything_is_plain_data():
    measured = measure(results(reward=1.0), against=results(), human=human(reward=0.0))
    fields = json.loads(json.dumps(measured.fields, allow_nan=False))
    assert [each["name"] for each in fields["figures"]][:19] == list(FEATURES)
    assert fields["index"]["label"] == "USI5"


def test_every_published_figure_has_a_source_and_a_certainty():
    published = [*CARD.people.values(), *CARD.lines, CARD.usi5]
    assert all(each.source in CARD.sources and each.certainty in "AB" for each in published)
    assert set(CARD.people) - {"success"} <= set(FEATURES)


def test_the_page_on_the_index_has_the_published_figures():
    page = (ROOT / "docs" / "usi.md").read_text()
    for line in CARD.lines:
        if line.usi:
            assert f"{line.usi[0]:.1f}" in page, line.name
    for name, each in CARD.people.items():
        shown = f"{each.value:g}" if name == "id_density" else f"{100 * each.value:.1f} %"
        assert f"| {shown} |" in page, name


def test_the_other_simulator_stands_beside_people_too():
    measured = measure(results(), against=results(number=45, text="no"), human=human())
    other = {each.name: each for each in measured.others}
    assert other["opening_words"].reference == row(measured, "opening_words").reference == 1
    assert measure(results()).others == []
