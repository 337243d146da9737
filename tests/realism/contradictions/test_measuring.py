"""Consistency by a scripted judge and by code: formulas, price, what is lost, what is refused."""

import json

import pytest
from helpers import scripted
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.realism.contradictions.measures import PROMPTS
from usersim_opt.scenarios.records import Task

STORY = "You are Ada Roth, reservation K3VQ8T, out on June 12. You pay up to 90 euros."
TASK = Task(id="001", domain="airline", source="test", story=STORY)
TALK = talk("Hi!", "hi, K3VQ8T", "When?", "june 12", "Really?", "june 14", "Fine.", "###STOP###")
"""Three own lines: the third contradicts story and second line."""
FIVE = {"questions": [{"question": f"q{n}?", "answer": f"a{n}"} for n in range(5)]}


def asked(request):
    """Which prompt a request has, and its material."""
    system = request.system if isinstance(request.system, str) else request.system[0].text
    name = next(name for name, text in PROMPTS.items() if text.strip() == system.strip())
    block = request.messages[-1].text.partition("<material>")[2].partition("</material>")[0]
    return name, json.loads(block)


def right(request):
    """A judge that sees the change of the date and nothing else."""
    name, data = asked(request)
    if name == "prompt_to_line":
        return f"So. {'YES' if '14' in data['line'] else 'NO'}"
    if name == "pairwise":
        return f"So. {'YES' if data == {'earlier': 'june 12', 'later': 'june 14'} else 'NO'}"
    if name == "line_to_line":
        # It names the agent's line as well, which does not count.
        conflicts = [3, 4] if data["lines"][-1]["text"] == "june 14" else []
        return json.dumps({"reason": "so", "conflicts": conflicts})
    if name == "questions":
        return json.dumps(FIVE)
    if name == "answers":
        return json.dumps({"answers": ["a"] * 4 + [data["conversation"][-1]["text"]]})
    return json.dumps({"grades": ["NO" if row["answer"] == "june 14" else "YES" for row in data]})


def measured(judge=None, talks=(TALK,), **options):
    return uso.realism.consistency(list(talks), [TASK], judge=judge, **options)


def test_the_measures_follow_their_formulas():
    result = measured(scripted(right)[0])
    (row,) = result.rows
    assert (row["task"], row["lines"]) == ("001", 3)
    assert row["prompt_to_line"] == pytest.approx(2 / 3)
    assert row["line_to_line"] == pytest.approx(2 / 3)  # one of three pairs
    assert row["pairwise"] == pytest.approx(2 / 3)
    assert row["questions"] == pytest.approx((1 + 1 + 4 / 5) / 3)
    assert row["facts"] == pytest.approx(2 / 3)
    assert row["against_story"] == 1
    (one,) = result.talks
    assert one.contradictions == {
        "prompt_to_line": ((3,),),
        "line_to_line": ((2, 3),),
        "pairwise": ((2, 3),),
        "questions": ((3,),),
    }


def test_the_price_is_what_is_paid_where_every_answer_can_be_read():
    price = uso.realism.consistency_price([TALK])
    assert price.by_measure == {
        "prompt_to_line": 3, "line_to_line": 2, "pairwise": 3, "questions": 7,
    }  # fmt: skip
    assert str(price).startswith("15 calls, at most 30: prompt_to_line 3")
    judge, engine = scripted(right)
    assert measured(judge).calls == price.calls == len(engine.requests)


def test_an_unreadable_answer_is_asked_for_once_more_and_then_lost_and_told():
    def stumbles(request):
        name, data = asked(request)
        return "Hm." if name == "prompt_to_line" and data["line"] == "june 12" else right(request)

    result = measured(scripted(stumbles)[0], measures=["prompt_to_line"])
    assert result.calls == 4
    assert result.rows[0]["prompt_to_line"] == pytest.approx(1 / 2)
    assert [lost.about for lost in result.lost] == ["prompt_to_line of 001/0, line 2"]
    assert "1 question lost, which count on neither side:" in str(result)
    mended = scripted(
        lambda request: right(request) if "earlier answer" in request.messages[-1].text else "Hm."
    )
    result = measured(mended[0])
    assert (result.lost, result.calls) == ((), 30)


def test_where_all_is_lost_nothing_is_a_pass():
    result = measured(scripted("Hm.")[0])
    assert result.figures["prompt_to_line"] is None
    assert result.rows[0]["questions"] is None
    assert "pairwise" in str(result)
    broken = measured(scripted(RuntimeError("no route"))[0], measures=["pairwise"])
    assert broken.lost[0].why.endswith("no route")


def test_without_a_judge_only_code_looks_and_it_is_said():
    result = measured()
    assert result.measures == ()
    assert "No judge was given: only what code can find is measured." in str(result)
    assert "turn 3, against_story: june 14 (the story has June 12)" in str(result)


def test_answers_in_a_file_are_not_paid_for_twice(tmp_path):
    file = tmp_path / "deep" / "answers.jsonl"
    first = measured(scripted(right)[0], answers=file)
    with file.open("a") as lines:
        lines.write('{"key": "cut o')  # a kill in the middle of a line
    judge, engine = scripted(right)
    second = measured(judge, answers=file)
    assert (second.calls, engine.requests) == (0, [])
    assert second.rows == first.rows


def test_a_silent_customer_and_a_one_sided_conversation_are_told_and_no_error():
    silent, alone = talk("Hi!", seed=1), talk("", "june 12", seed=2)
    result = measured(scripted(right)[0], talks=[silent, alone])
    assert result.rows[0]["lines"] == 0
    assert result.rows[0]["facts"] is result.rows[0]["pairwise"] is None
    assert result.rows[1]["prompt_to_line"] == 1
    assert "1 conversation without a line of the customer" in str(result)


def test_intervals_are_over_tasks_and_every_view_shows_the_figures():
    tasks = [TASK.model_copy(update={"id": f"{n:03}"}) for n in range(1, 5)]
    talks = [talk("Hi!", f"june {12 + n % 2}", task=task.id) for n, task in enumerate(tasks)]
    result = uso.realism.consistency(talks, {task.id: task for task in tasks})
    figure = result.figures["facts"]
    assert figure.mean == 0.5
    assert 0 <= figure.low < 0.5 < figure.high <= 1
    assert "facts" in str(result)
    assert "fewer than 40 tasks: descriptive only" in str(result)
    assert "<table>" in result._repr_html_()
    assert list(result.to_pandas()["task"]) == ["001", "002", "003", "004"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [TASK]), "there is no conversation"),
        (("x", [TASK]), "conversations is 'x'; expected a Conversation or a list"),
        (([TALK], []), "tasks 001, which are not among no task"),
        (([TALK.model_copy(update={"task": "9"})], [TASK]), "tasks 9, which are not among 001"),
        (([TALK], "001"), "tasks is '001'; expected a mapping or a list, each one a Task"),
        (([TALK], [1]), r"tasks\[0\] is 1; expected a mapping or a list, each one a Task"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        uso.realism.consistency(*arguments)


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        ([], "expected a list of prompt_to_line"),
        (["pairwise", "charm"], "expected a list of prompt_to_line"),
        ("pairwise", "measures is 'pairwise'; expected a list"),
        (3, "measures is 3; expected a list"),
    ],
)
def test_unknown_measures_are_refused(measures, message):
    with pytest.raises(InputError, match=message):
        measured(scripted(right)[0], measures=measures)
    with pytest.raises(InputError, match=message):
        uso.realism.consistency_price(TALK, measures=measures)


def test_a_stand_in_and_what_is_no_model_are_refused_as_judges():
    with pytest.raises(InputError, match="offline stand-in"):
        measured(uso.connect("offline/judge"))
    with pytest.raises(InputError, match=r"expected a dspy\.LM"):
        measured("openai/NAME")
    with pytest.raises(InputError, match="workers is 0"):
        measured(scripted(right)[0], workers=0)
