import pytest

from usersim_opt.models.offline.yielding import wants_fallback, wants_no_fight, wants_yes


@pytest.mark.parametrize(
    ("criterion", "yes", "no_fight", "fallback"),
    [
        ("The reply accepts the plan; a refusal fails it.", True, False, False),
        ("The customer says yes, in any form.", True, False, False),
        ("The reply does not accept the plan; a yes fails it.", False, False, False),
        ("The reply neither accepts nor approves it.", False, False, False),
        ("Any word counts: the customer agrees or does not.", False, False, False),
        ("The reply does not dispute the rule.", False, True, False),
        ("The customer does not go on insisting.", False, True, False),
        ("The reply disputes the rule.", False, False, False),
        ("The reply turns to the second choice.", False, False, True),
        ("The reply does not yet bring up the fallback.", False, False, False),
    ],
)
def test_what_a_criterion_wants_is_read_from_its_demand(criterion, yes, no_fight, fallback):
    found = (wants_yes(criterion), wants_no_fight(criterion), wants_fallback(criterion))
    assert found == (yes, no_fight, fallback)
