import json

import numpy as np
import pytest
from realism_cases import said
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError

QUICK = {"samples": 500, "references": 5}
SPREAD = np.random.default_rng(0).random((30, 3))
CLUMP = 0.5 + 0.05 * SPREAD


def chats(*openings, task="airline"):
    return [
        {"domain": "airline", "task_id": number, "messages": said(*texts)}
        for number, texts in enumerate(openings)
    ]


def test_spread_points_cover_more_than_a_clump():
    wide, narrow = (uso.realism.coverage(each, **QUICK) for each in (SPREAD, CLUMP))
    assert wide.support_coverage > 0.85
    assert narrow.support_coverage < 0.5
    assert wide.dispersion < narrow.dispersion
    assert wide.mean_distance > narrow.mean_distance
    assert wide.divergence < narrow.divergence


def test_a_reference_gives_the_chamfer_coverage():
    same = uso.realism.coverage(SPREAD, SPREAD[::-1], **QUICK)
    assert same.chamfer == pytest.approx(1)
    assert uso.realism.coverage(CLUMP, SPREAD, **QUICK).chamfer < 0.8
    assert uso.realism.coverage(SPREAD, **QUICK).chamfer is None


def test_raw_points_are_not_scaled_by_the_reference():
    people = np.array([[0.0, 0.0], [1.0, 0.01]])
    found = [[0.0, 0.01], [1.0, 0.0]]
    assert uso.realism.coverage(found, people, raw=True, **QUICK).chamfer > 0.98
    assert uso.realism.coverage(found, people, **QUICK).chamfer < 0.5


def test_few_points_are_said_to_be_few():
    text = str(uso.realism.coverage(SPREAD[:3], **QUICK))
    assert "only 3 points" in text
    assert "the hull is flat" in text
    assert "note" not in str(uso.realism.coverage(SPREAD[:, :1], **QUICK))


def test_everything_is_shown_and_plain_data():
    found = uso.realism.coverage(SPREAD, SPREAD, **QUICK)
    assert "support_coverage" in str(found)
    assert "<table>" in found._repr_html_()
    fields = json.loads(json.dumps(found.fields, allow_nan=False))
    assert fields["points"] == 30
    assert [row["measure"] for row in found.rows] == list(found.measures)
    assert list(found.to_pandas().columns) == ["measure", "value", "better", "what"]


@pytest.mark.parametrize(
    ("points", "complaint"),
    [
        ([], "expected one or more rows"),
        ([[]], "expected one or more rows"),
        ("abc", "expected one or more rows"),
        ([[0.1], [0.2, 0.3]], "as many numbers each"),
        ([[0.1, 1.2]], "row 0 has 1.2 in dimension 1; expected 0 to 1"),
        ([[0.1, float("nan")]], "row 0 has nan"),
    ],
)
def test_what_are_no_points_of_the_cube_is_refused(points, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.realism.coverage(points, **QUICK)


def test_other_wrong_arguments_are_refused():
    with pytest.raises(InputError, match="3 dimensions, the reference 1"):
        uso.realism.coverage(SPREAD, [[0.5]], **QUICK)
    with pytest.raises(InputError, match="samples is 0"):
        uso.realism.coverage(SPREAD, samples=0)
    with pytest.raises(InputError, match="features nothing: expected published, corrected"):
        uso.realism.coverage_of(chats(["hi"]), features="nothing")
    with pytest.raises(InputError, match="conversations"):
        uso.realism.coverage_of(3)


def test_conversations_are_points_by_their_features():
    talks = chats(["hi"], ["please " * 30, "ok"], ["i am not sure, maybe"])
    found = uso.realism.coverage_of(
        talks, talks, features=("words_per_turn", "doubt_rate"), **QUICK
    )
    assert (found.points, found.dimensions) == (3, 2)
    assert found.chamfer == pytest.approx(1)
    assert found.chamfer_by_task is None
    assert uso.realism.coverage_of(talks, **QUICK).dimensions == 19
    assert uso.realism.coverage_of(talks, features="corrected", **QUICK).dimensions == 13


def test_talks_of_a_rollout_are_conversations():
    talks = [talk("Hi", "please move it", task="001"), talk("Hi", "no", task="002")]
    found = uso.realism.coverage_of(talks, features="words_per_turn", **QUICK)
    assert (found.points, found.dimensions) == (2, 1)
    assert found.mean_distance == pytest.approx((3 - 1) / 60)


def test_values_beyond_their_bounds_are_cut_and_said():
    found = uso.realism.coverage_of(
        chats(["word " * 90], ["hi"]), features="words_per_turn", **QUICK
    )
    assert found.mean_distance == pytest.approx(1 - 1 / 60)
    assert "1 conversation with a value beyond its bounds" in " ".join(found.notes)
    wider = uso.realism.coverage_of(
        chats(["word " * 90], ["hi"]),
        features="words_per_turn",
        bounds={"words_per_turn": (0, 90)},
        **QUICK,
    )
    assert wider.mean_distance == pytest.approx(1 - 1 / 90)


def test_chamfer_by_task_sees_that_tasks_are_mixed_up():
    def people(first, second):
        return {
            "airline_0": {"conversation": said(first), "reward": 1.0},
            "airline_0_ann2": {"conversation": said(f"{first} x"), "reward": 1.0},
            "airline_1": {"conversation": said(second), "reward": 1.0},
            "airline_1_ann2": {"conversation": said(f"{second} x"), "reward": 1.0},
        }

    reference = people("hi", "word " * 20)
    options = {"features": "words_per_turn", "reference_source": "human", **QUICK}
    right = uso.realism.coverage_of(people("hi", "word " * 20), reference, **options)
    mixed = uso.realism.coverage_of(people("word " * 20, "hi"), reference, **options)
    assert right.chamfer == mixed.chamfer == pytest.approx(1)
    assert right.chamfer_by_task == pytest.approx(1)
    assert mixed.chamfer_by_task == 0
