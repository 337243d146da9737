import pytest
from helpers import outcome
from pydantic import ValidationError

from usersim_opt.basics.figures import summed
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict


def test_an_outcome_counts_its_verdicts_and_has_none_without_a_grade():
    verdicts = tuple(
        Verdict(criterion=word, outcome=word, evidence="", source="judge")
        for word in ("pass", "fail", "unscored")
    )
    graded = outcome("001.3", 0, 0).model_copy(
        update={"grade": Grade(scenario="001.3", verdicts=verdicts)}
    )
    assert (graded.passed, graded.scored, graded.pass_rate, graded.fails) == (1, 2, 0.5, True)
    assert [v.criterion for v in graded.scored_verdicts] == ["pass", "fail"]
    assert [v.criterion for v in graded.failed] == ["fail"]
    failed = outcome("001.3", 0, 0, status="error")
    assert (failed.passed, failed.scored, failed.pass_rate, failed.fails) == (0, 0, None, False)
    assert failed.verdicts == failed.scored_verdicts == failed.failed == ()


def test_an_outcome_survives_its_json_and_no_two_share_their_counts():
    one, other = (
        Outcome(scenario="001.3", version="v", stage="s", repeat=0, status="error", why="down")
        for _ in range(2)
    )
    assert Outcome.model_validate_json(one.model_dump_json()) == one
    assert one.calls == one.tokens == {}
    assert one.calls is not other.calls
    with pytest.raises(ValidationError):
        Outcome.model_validate(one.model_dump() | {"calls": {"judge": True}})


def test_numbers_by_role_are_added_up():
    assert summed([{"user": 1, "judge": 3}, {"user": 1}]) == {"user": 2, "judge": 3}
    assert summed([]) == {}


def test_unscored_is_never_a_fail():
    verdicts = [
        Verdict(criterion=c, outcome=o, evidence="", source="judge")
        for c, o in (("a", "pass"), ("b", "unscored"))
    ]
    assert Grade(scenario="001.1", verdicts=tuple(verdicts)).pass_rate == 1.0
    assert Grade(scenario="001.1", verdicts=(verdicts[1],)).pass_rate is None
