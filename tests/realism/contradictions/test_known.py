"""What follows from what was said, and what does not."""

import pytest

from usersim_opt.realism.contradictions.facts import facts_in
from usersim_opt.realism.contradictions.known import is_known
from usersim_opt.scenarios.checks import Moment


@pytest.mark.parametrize(
    ("fact", "story", "known"),
    [
        ("92 euros", "A fee of 50 euros and 42 euros of fare.", True),
        ("8 euros", "A fee of 50 euros and 42 euros of fare.", True),
        ("25 euros", "A fee of 50 euros.", True),
        ("150 euros", "A fee of 50 euros each.", True),
        ("88 euros", "It is 88.40 euros.", True),
        ("95 euros", "A fee of 50 euros and 42 euros of fare.", False),
        ("1,200 euros", "It is 1200 in all.", True),
        ("June 13", "You fly on June 12.", False),
        ("June 13", "You fly on June 12, or a day later. One day later is fine.", True),
        ("June 19", "You fly on June 12. A week later is fine, too.", True),
        ("June 1", "You fly on May 31. The next day will do.", True),
        ("June 13", "You fly between 10 and 14.", True),
        ("June 16", "Your seat is 16A, your flight leaves at 16:00.", False),
        ("two bags", "You have three bags.", False),
        ("two bags", "You have a suit.", True),
        ("my name is Ada", "You are Ada Roth.", True),
        ("K3VQ8X", "Reservation K3VQ8T.", False),
    ],
)
def test_facts_follow_from_facts(fact, story, known):
    (one,) = facts_in(fact)
    assert is_known(one, Moment(story, ())) is known
