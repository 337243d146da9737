import numpy as np
import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.manner import LEVELS
from usersim_opt.realism.coverage.sampler import spread

QUICK = {"samples": 4000, "references": 20}
TASKS = [uso.Task(id=f"00{n}", domain="air", source="s", story="You fly.") for n in range(1, 4)]
SAMPLER = uso.realism.PersonaSampler()


def test_25_personas_cover_more_than_independent_draws():
    rng = np.random.default_rng(0)
    ours = [uso.realism.coverage(SAMPLER.sample(25, seed).points, **QUICK) for seed in range(3)]
    drawn = [
        uso.realism.coverage((rng.integers(LEVELS, size=(25, 8)) + 0.5) / LEVELS, **QUICK)
        for _ in range(6)
    ]
    assert min(each.support_coverage for each in ours) > max(
        each.support_coverage for each in drawn
    )
    assert np.mean([each.dispersion for each in ours]) < np.mean([d.dispersion for d in drawn])
    assert min(each.least_distance for each in ours) > max(each.least_distance for each in drawn)


@pytest.mark.parametrize("count", [5, 10, 25])
def test_every_level_of_every_axis_is_played_equally_often(count):
    for column in spread(count, 3, seed=1).T:
        assert np.bincount(column, minlength=LEVELS).tolist() == [count // LEVELS] * LEVELS


def test_few_personas_are_even_about_the_middle():
    assert spread(1, 2, seed=0).tolist() == [[2, 2]]
    assert sorted(spread(2, 1, seed=0).ravel().tolist()) == [1, 3]
    assert sorted(spread(3, 1, seed=0).ravel().tolist()) == [0, 2, 4]


def test_the_seed_decides():
    assert SAMPLER.sample(6, 1).digest == SAMPLER.sample(6, 1).digest
    assert SAMPLER.sample(6, 1).digest != SAMPLER.sample(6, 2).digest


@pytest.mark.parametrize("count", [0, -1, 2.5, True])
def test_a_count_that_is_none_is_refused(count):
    with pytest.raises(InputError, match="expected a whole number"):
        SAMPLER.sample(count)


def test_axes_may_come_from_a_file(tmp_path):
    file = tmp_path / "axes.yaml"
    file.write_text("heading: How you talk.\naxes: {pace: [a, b, c, d, e]}\n")
    personas = uso.realism.PersonaSampler.of_file(file).sample(5)
    assert sorted(each.text[-1] for each in personas) == list("abcde")


def test_every_conversation_has_its_persona_and_the_same_one_each_time():
    cast, again = (SAMPLER.assign(TASKS, 2, seed=3) for _ in range(2))
    keys = [(task.id, seed) for task in TASKS for seed in range(2)]
    played = [cast.persona(*key).name for key in keys]
    assert len(set(played)) == 6
    assert played == [again.persona(*key).name for key in keys]
    assert cast.name == again.name
    assert cast(TASKS[0], [], seed=1) == cast.persona("001", 1).text
    fewer = SAMPLER.assign(TASKS, 2, count=2)
    assert len({fewer.persona(*key).name for key in keys}) == 2
    with pytest.raises(InputError, match="7 personas for 6 conversations"):
        SAMPLER.assign(TASKS, 2, count=7)
    with pytest.raises(InputError, match="0 conversations"):
        SAMPLER.assign([])
