"""Items on a map: one mark for all items at a place, beside those of other advice."""

import math

import pytest
from hostile import HOSTILE
from made_items import ITEMS, RESPONDENTS, analysis, item
from matplotlib.text import Text

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.records import Respondent, Share
from usersim_opt.results.plots import canvas
from usersim_opt.results.plots.item_map import _bubbles

VERSIONS = RESPONDENTS[:2]


def texts(figure):
    return "\n".join(found.get_text() for found in figure.findobj(Text))


def at(x, y, criterion="c", **changes):
    return item(criterion, shares={"base": Share(x, 10), "tuned": Share(y, 10)}, **changes)


def drawn(*items, **changes):
    return uso.plots.items(analysis(items=items, respondents=VERSIONS, **changes))


def test_it_is_a_picture_that_says_how_many_items_tell_the_two_apart(tmp_path):
    figure = drawn(at(5, 7), at(5, 6), at(10, 10), at(3, 9))
    figure.savefig(tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    said = texts(figure)
    assert "tuned is 20 points or more above on 2 of 4 items" in said
    assert "replies of base that pass (%)" in said
    assert canvas.OFFLINE not in said
    assert canvas.OFFLINE in texts(drawn(at(5, 7), offline=True))


def test_people_take_the_place_of_the_best_version():
    said = texts(drawn(at(5, 7, people=Share(1, 2)), at(5, 7)))
    assert "replies of people that pass (%)" in said
    assert "on 0 of 1 items (1 more have no place)" in said


def test_the_worst_items_are_named_and_the_advice_is_counted():
    turned = at(9, 2, "turned", advice="drop")
    said = texts(drawn(turned, at(10, 10, advice="guard"), at(10, 10, advice="guard")))
    assert "001.3 turned" in said
    assert "drop (1)" in said
    assert "guard (2)" in said
    assert "keep" not in said


def test_the_area_of_a_mark_grows_with_its_items_and_none_hides_another():
    many = [(at(10, 10, f"c{n}", advice="guard"), (100.0, 100.0)) for n in range(50)]
    few = [(at(10, 10, advice="drop"), (100.0, 100.0)), (at(1, 1), (10.0, 10.0))]
    largest, *others = _bubbles([*many, *few])
    assert (largest.items, largest.advice) == (50, "guard")
    alone = next(each for each in others if each.advice == "keep")
    assert alone.middle == (10.0, 10.0)
    beside = next(each for each in others if each.advice == "drop")
    assert largest.middle[0] < 100 < beside.middle[0]
    assert math.dist(largest.middle, beside.middle) > 0
    assert alone.radius == beside.radius < largest.radius


def test_one_version_alone_is_said_in_words():
    alone = [Respondent("base", "version", 1, 1, 1)]
    said = texts(uso.plots.items(analysis(items=ITEMS[:1], respondents=alone)))
    assert "no item was answered by two" in said


def test_only_an_analysis_can_be_drawn(small_run):
    with pytest.raises(InputError, match="such as what uso.item_analysis gives"):
        uso.plots.items(small_run)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_whatever_names_hold_is_drawn_as_text(tmp_path):
    for text in (said[:3000] for name, said in HOSTILE.items() if name != "lone surrogate"):
        odd = (Respondent(text, "version", 1, 1, 1), VERSIONS[1])
        shares = {text: Share(9, 10), "tuned": Share(1, 10)}
        named = analysis(items=[item("c", scenario=text, shares=shares)], respondents=odd)
        uso.plots.items(named).savefig(tmp_path / "x.svg")
