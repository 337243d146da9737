from helpers import outcome

from usersim_opt.basics.paired import Pair
from usersim_opt.measuring.outcome import missing_verdict, undecided_verdict
from usersim_opt.measuring.pairs import pair


def reply(passed, of=4, *, missing=(), undecided=()):
    """A reply with so many criteria passed, of which some verdicts are missing or undecided."""
    made = outcome("001.1", passed, of)
    verdicts = [
        missing_verdict(verdict.criterion, "-")
        if number in missing
        else undecided_verdict(verdict.criterion, "-")
        if number in undecided
        else verdict
        for number, verdict in enumerate(made.verdicts)
    ]
    grade = made.grade.model_copy(update={"verdicts": tuple(verdicts)})
    return made.model_copy(update={"grade": grade})


def pair_of(old, new):
    (found,) = pair([old], [new]).pairs
    return found


def test_a_lost_verdict_counts_as_a_fail_of_the_side_that_lacks_it_or_as_a_pass():
    # The old prompt passes the criterion of which the new one's verdict is missing.
    assert pair_of(reply(4), reply(4, missing=[0])) == Pair("001.1", 0, 3, 1, -1, 0)
    assert pair_of(reply(0), reply(0, missing=[0])) == Pair("001.1", 0, 3, 1, 0, 1)
    assert pair_of(reply(4, missing=[0]), reply(4)) == Pair("001.1", 0, 3, 1, 0, 1)
    assert pair_of(reply(0, missing=[0]), reply(0)) == Pair("001.1", 0, 3, 1, -1, 0)


def test_a_verdict_that_a_judge_owed_to_both_sides_may_speak_for_either():
    paired = pair([reply(4, missing=[1])], [reply(4, missing=[1])])
    assert paired.pairs == (Pair("001.1", 0, 3, 1, -1, 1),)
    assert paired.lost == 0.0


def test_what_nobody_decides_on_both_sides_is_no_loss_and_on_one_side_it_is():
    both = pair([reply(4, undecided=[1])], [reply(4, undecided=[1])])
    assert (both.pairs, both.lost) == ((Pair("001.1", 0, 3),), 0.0)
    one = pair([reply(4)], [reply(4, undecided=[1])])
    assert (one.pairs, one.lost) == ((Pair("001.1", 0, 3, 1, -1, 0),), 0.25)


def test_a_reply_that_one_side_lacks_loses_all_its_verdicts():
    failed = outcome("001.1", 0, 0, status="error")
    paired = pair([reply(3)], [failed])
    assert paired.pairs == (Pair("001.1", 0, 0, 4, -3, 1),)
    assert (paired.dropped, paired.lost, paired.common) == (1, 1.0, [])
    assert pair([failed], [failed]).missing == 0
