"""A customer that plays nobody does not ship, however well it scores; an honest one does."""

import random
import re

import pytest
from helpers import scenario, scripted

import usersim_opt as uso
from usersim_opt.scenarios.dataset import example

PLACES = (
    "athens berlin cairo dublin essen florence geneva hamburg istanbul jakarta kyoto lisbon "
    "madrid naples oslo paris quito rome seville tokyo"
).split()
DRAFT = "You are a guest.\n\n- Write as the guest would.\n- Be odd.\n"


class NoPlease:
    """Passes whatever has no `please` in it: the first prompt's replies all have."""

    name = "no please"

    def price(self, record):
        return 0

    def grade(self, record, reply):
        said = "fail" if "please" in reply else "pass"
        verdict = uso.Verdict(criterion="short", outcome=said, evidence="", source="check")
        return uso.Grade(scenario=record.id, verdicts=(verdict,))


def examples(places):
    found = []
    for place in places:
        name = f"{PLACES.index(place) + 1:03}"
        story = f"You booked a room in {place} and want it on another day."
        task = uso.Task(id=name, domain="hotel", source="made", story=story)
        for number in (1, 3):
            asked = [{"agent": f"About your room in {place}, what shall I do? ({number})"}]
            found.append(example(task, scenario(f"{name}.{number}", history=asked)))
    return found


def place_in(request):
    return re.search(r"room in (\w+)", request.messages[-1].text)[1]


def honest(request, dealt):
    place = place_in(request)
    return dealt.choice([f"the {place} one", f"{place}?", f"not {place} then", f"hm {place} it is"])


def counting(request, dealt):
    return f"no {2 * dealt.randint(1, 4)} turns"


def nearly_the_same(request, dealt):
    return f"i want to know about {dealt.choice(PLACES)} and when it is and what it is"


REFUSALS = ("no", "i will not say", "no way", "i will not do it", "not that, no", "say it, no")


def refusing(request, dealt):
    return dealt.choice(REFUSALS)


STOCK = (
    "that is not what i asked for at all, look again",
    "why is this taking so long, i have waited for ages",
    "fine then, go ahead with that if you must do so",
    "what would all of this mean for me in the end",
    "hm, let me think it over and come back to you",
    "are you even reading the things that i write here",
)


def without_reference(request, dealt):
    return dealt.choice(STOCK)


def considered(odd, folder):
    """What comes of a draft that makes the customer odd."""
    dealt = random.Random(7)

    def answer(request):
        if "Be odd" in str(request.system):
            return odd(request, dealt)
        return f"please help me with the one in {place_in(request)}, please"

    lm, _ = scripted(answer)
    optimizer = uso.RubricOptimizer(
        metric=NoPlease(), proposer_lm=lm, run_dir=folder, max_calls=300, workers=1
    )
    simulator = uso.UserSimulator("You are a guest.\n\n- Write as the guest would.\n", lm)
    splits = {"trainset": examples(PLACES[:10]), "valset": examples(PLACES[10:])}
    return optimizer.consider(uso.Prompt(DRAFT), simulator, **splits).result


def test_an_honest_customer_that_scores_better_ships(tmp_path):
    assert considered(honest, tmp_path).shipped.id == "v001"


@pytest.mark.parametrize("odd", [counting, nearly_the_same, refusing, without_reference])
def test_a_customer_that_plays_nobody_does_not_ship_though_it_passes_everything(odd, tmp_path):
    result = considered(odd, tmp_path)
    assert result.shipped.id == "v000"
    assert result.record.decisions[-1].rule == "collapse"
