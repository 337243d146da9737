import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from realism_cases import GOLDEN, entry, survey

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import score_usi

TASKS = [f"airline_{number}" for number in range(8)]
HARD = {task: place / 8 for place, task in enumerate(TASKS)}


def model(text="pls move it", reward=1.0):
    return {task: entry(f"{text} {task}", "ok", reward=reward) for task in TASKS}


def people(data=None):
    data = data or model()
    ends = ("", "_ann2", "_ann3")
    return {f"{task}{end}": each for end in ends for task, each in data.items()}


@pytest.mark.parametrize("case", GOLDEN["aggregates"], ids=lambda case: case["id"])
def test_a_golden_aggregate_has_the_figures_of_the_published_scorer(case):
    optional = ("difficulty", "baselines", "model_survey", "human_rerated")
    score = score_usi(
        case["model"], case["human"], **{name: case[name] for name in optional if name in case}
    )
    for side in ("model", "human"):
        for name, expected in case["expected"][side].items():
            found = getattr(score, side)[name]
            if expected is None:
                assert found is None, name
            else:
                assert found == pytest.approx(expected, abs=GOLDEN["tolerance"]), name


def test_identical_samples_give_100():
    score = score_usi(model(), people(), difficulty=HARD)
    assert score.label == score.human_label == "USI5"
    assert score.model["usi"] == pytest.approx((100, 0))
    assert score.model["D1_conv"] == pytest.approx((100, 0))
    assert score.model["ece"] == (0, 0)


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_conversations_changes_nothing(order):
    case = GOLDEN["aggregates"][0]
    given_order = score_usi(case["model"], case["human"], difficulty=case["difficulty"])
    shuffled = [dict(shuffle(case[side], order)) for side in ("model", "human")]
    other = score_usi(*shuffled, difficulty=case["difficulty"])
    for name, figure in given_order.model.items():
        assert other.model[name] == (figure and pytest.approx(figure))
    for name, interval in given_order.intervals.items():
        assert other.intervals[name].bounds == pytest.approx(interval.bounds)


def shuffle(mapping, order: random.Random):
    pairs = list(mapping.items())
    order.shuffle(pairs)
    return pairs


@settings(max_examples=30)
@given(st.data())
def test_ece_lies_between_0_and_1_and_so_do_its_interval_and_floor(data):
    def rewards():
        return data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=8, max_size=8))

    def outcomes():
        return {task: entry("hi", reward=r) for task, r in zip(TASKS, rewards(), strict=True)}

    score = score_usi(outcomes(), people(outcomes()), difficulty=HARD)
    ece, interval, floor = score.model["ece"], score.intervals["ece"], score.floors["ece"]
    assert all(0 <= x <= 1 for x in (ece[0], *interval.bounds, floor.mean, floor.bound))


def test_ece_is_what_a_count_by_hand_gives():
    # Two bins of two tasks: the first one apart by half a success, the second one alike.
    chances = {"airline_0": 0.1, "airline_1": 0.1, "airline_2": 0.2, "airline_3": 0.3}
    ours = {task: entry("hi", reward=1.0) for task in chances}
    theirs = {task: entry("hi", reward=float(task != "airline_0")) for task in chances}
    score = score_usi(ours, theirs, difficulty=chances)
    assert score.model["ece"] == (1 / 4, 0)


def test_the_index_is_the_mean_of_its_parts():
    answers = {name: {"survey": survey(reuse="Maybe")} for name in people()}
    human = people({task: entry("hi", survey=survey(reuse="Yes")) for task in TASKS})
    score = score_usi(model(), human, difficulty=HARD, model_survey=answers)
    assert score.label == "USI"
    assert score.model["eval_agree"] == (75, 0)
    parts = [score.model[name][0] for name in ("D1_conv", "D2_info", "D3_clarif", "D4_react")]
    expected = (sum(parts) + 75 + 100 * (1 - score.model["ece"][0])) / 6
    assert score.model["usi"][0] == pytest.approx(expected)


def test_an_empty_row_has_no_value_and_not_100():
    silent = {task: {"conversation": [], "reward": 1.0} for task in TASKS}
    score = score_usi(silent, people(), difficulty=HARD)
    assert score.model["D1_conv"] is None
    assert score.model["usi"] is None
    assert score.model["ece"] == (0, 0)
    assert "8 conversations left out: the customer says nothing" in score.notes
    assert score_usi(model(), people(silent), difficulty=HARD).model["D4_react"] is None


def test_without_difficulty_there_is_no_ece_and_no_index_and_a_note_says_so():
    score = score_usi(model(), people())
    assert (score.model["ece"], score.model["usi"], score.label) == (None, None, "USI5")
    assert any("difficulty" in note for note in score.notes)
    assert score.model["D1_conv"] == pytest.approx((100, 0))


def test_difficulty_is_pooled_over_ten_runs_of_the_model_itself():
    score = score_usi([model()] * 10, people())
    assert score.model["ece"] == (0, 0)


def test_runs_of_a_list_count_as_runs_whatever_their_number():
    apart = score_usi([model(reward=0.0), model(reward=1.0)], people(), difficulty=HARD)
    assert apart.model["ece"] == (1 / 2, 0)
    assert apart.conversations == 16


def test_what_has_no_reward_or_answer_is_noted():
    answers = {"airline_0": {"survey": survey(reuse="Maybe", efficiency="so so")}}
    human = people({task: entry("hi", survey=survey(reuse="Yes"), reward=None) for task in TASKS})
    score = score_usi(model(), human, difficulty=HARD, model_survey=answers)
    assert "24 conversations of people without a reward: not in ECE" in score.notes
    assert any(note.startswith("7 answers of the simulator missing") for note in score.notes)
    assert any(note.startswith("no task with a reward on both sides") for note in score.notes)
    strange = score_usi(model(), people(), difficulty=HARD, model_survey={"airline_77": {}})
    assert (strange.label, strange.model["eval_agree"]) == ("USI5", None)
    assert any("of no conversation that people had" in note for note in strange.notes)


def test_one_task_has_no_interval():
    one = {"airline_0": entry("hi")}
    score = score_usi(one, one, difficulty={"airline_0": 0.5})
    assert score.intervals["usi"].bounds is None


def test_ids_that_people_do_not_have_are_left_out_with_a_note():
    score = score_usi(model() | {"airline_99": entry("hi")}, people(), difficulty=HARD)
    assert "1 id of the simulator left out: people do not have it" in score.notes


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"model": []}, "model: holds no run"),
        ({"model": [[]]}, r"model[0] is []; expected a mapping"),
        (
            {"model": {"retail_1": entry("hi")}},
            "no id in common; model has retail_1, human airline",
        ),
        ({"model": {}}, "no id in common; model has none"),
        ({"model": {"airline_0": "hi"}}, "model, airline_0: is 'hi'; expected an entry"),
        (
            {"human": {"airline_0": entry("hi", reward="high")}},
            "human, airline_0: reward is 'high'",
        ),
        ({"human": {"airline_0": entry("hi", reward=float("nan"))}}, "reward is nan"),
        ({"human": {"airline_0": entry("hi", survey=None)}}, "human, airline_0: survey is None"),
        ({"human": {"airline_0": entry("hi", survey={"reuse": 3})}}, "survey is {'reuse': 3}"),
        ({"human": {"airline_0": {"conversation": None}}}, "human, airline_0, conversation: is a"),
        ({"human": {"airline_0": {"conversation": [3]}}}, "conversation: message 0 is 3"),
        ({"difficulty": [0.5]}, "difficulty is [0.5]; expected a mapping"),
        ({"difficulty": {"airline_0": 65}}, "difficulty of 'airline_0' is 65; expected 0 to 1"),
        ({"baselines": {"x": []}}, "baselines, x: is a list; expected entries"),
        ({"model_survey": {"airline_0": 1}}, "model_survey, airline_0: is 1; expected an entry"),
        ({"human_rerated": {"airline_0": 1}}, "human_rerated, airline_0: is 1"),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(arguments, complaint):
    sides = {"model": model(), "human": people()} | arguments
    with pytest.raises(InputError) as error:
        score_usi(sides.pop("model"), sides.pop("human"), **sides)
    assert complaint in str(error.value)
