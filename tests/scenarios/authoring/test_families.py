"""The same story stands in a data set once, and nearly the same ones on one side of every split."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios.authoring.build import EQUAL_FILE, build_dataset, plan_build
from usersim_opt.scenarios.authoring.families import families
from usersim_opt.scenarios.dataset import load_dataset, split_tasks
from usersim_opt.scenarios.records import Task

STORIES = (
    "Your oven stays cold since Tuesday. You want a technician this week, in the morning only.",
    "You moved to Bern. The newspaper still goes to the old flat, and you want it stopped.",
    "A tenor was replaced at the opera last night; you ask for half of the ticket price back.",
    "Somebody paid 80 euros at a garage with your card. You never drive. Lock it at once.",
    "Your daughter lost her library book by Ende. You would like to pay for it by transfer.",
    "The heating bill is twice as high as last year although you were away all winter.",
    "You ordered blue curtains, green ones came. You keep them for a discount of 20 percent.",
    "Your train was late, so you missed a ferry. Ask which proof they need for the refund.",
)
FRAME = " Be polite. Answer only what you are asked, and end the talk when all is done."
MANNERS = ("", "Persona:\n\n\tYou are 41 years old and patient.\n\n", "Persona:\n\tGruff.\n")


def task(number, story, source=""):
    source = source or f"tau2:{number}"
    return Task(id=f"{number:03}", domain="shop", source=source, story=story)


def listed(*stories):
    return [task(number, story) for number, story in enumerate(stories)]


def retold(story):
    """The story with another end."""
    return f"{story} If that fails, you ask for the manager."


def sides(splits):
    return {name: side for side, names in splits.items() for name in names}


def test_stories_that_share_most_of_their_words_are_kin_and_others_are_not():
    tasks = listed(*STORIES, retold(STORIES[2]), STORIES[5].replace("twice", "three times"))
    assert [each for each in families(tasks) if len(each) > 1] == [("002", "008"), ("005", "009")]
    assert len(families(tasks)) == len(STORIES)


def test_kin_of_kin_is_kin():
    first = STORIES[0]
    second = f"{first} {STORIES[1]}"
    third = f"{second} {STORIES[2]} {STORIES[3]}"
    found = families(listed(first, second, third))
    assert found == [("000", "001", "002")]


def test_what_all_stories_of_a_list_say_makes_no_kin():
    long_frame = FRAME * 4
    tasks = listed(*(story + long_frame for story in STORIES))
    assert len(families(tasks)) == len(STORIES)


def test_the_manner_that_tau2_puts_before_a_story_makes_neither_kin_nor_strangers():
    tasks = listed(
        *(
            f"{manner}Instructions:\n\tReason for call:\n\t\t{story}"
            for story in STORIES[:4]
            for manner in MANNERS
        )
    )
    ids = [each.id for each in tasks]
    assert families(tasks) == [tuple(ids[n : n + 3]) for n in range(0, 12, 3)]


@given(st.integers(0, 10_000), st.permutations(range(16)))
def test_kin_never_part_over_splits_whatever_seed_and_order(seed, order):
    stories = [*STORIES, *map(retold, STORIES)]
    tasks = listed(*stories)
    kin = families([tasks[number] for number in order])
    side = sides(split_tasks([each.id for each in tasks], seed=seed, smoke=4, families=kin))
    assert len(side) == 16
    assert all(side[f"{n:03}"] == side[f"{n + 8:03}"] for n in range(8))


def test_a_split_without_kin_is_the_one_that_it_was():
    ids = [f"{number:03}" for number in range(50)]
    alone = [(each,) for each in ids]
    assert split_tasks(ids, seed=6, families=alone) == split_tasks(ids, seed=6)


def test_the_smallest_family_is_held_out_where_none_fits():
    ids = [f"{number:03}" for number in range(9)]
    threes = [ids[:3], ids[3:6], ids[6:]]
    splits = split_tasks(ids, seed=1, smoke=1, families=threes)
    assert {name: len(side) for name, side in splits.items()} == {"train": 3, "smoke": 3, "test": 3}


def test_a_list_of_one_story_is_refused_with_what_it_tells():
    tasks = listed(*(STORIES[0] + " " * n + f" Call {n}." for n in range(6)))
    with pytest.raises(
        DatasetError, match="6 tasks tell so few stories .* count once: 1.*at least 3"
    ):
        split_tasks([t.id for t in tasks], seed=1, smoke=1, families=families(tasks))


def test_equal_stories_are_planned_once_and_the_plan_says_so(tmp_path):
    thrice = [task(n, STORIES[n % 8].upper() if n > 8 else STORIES[n % 8]) for n in range(24)]
    plan = plan_build(thrice, tmp_path, seed=6, smoke=2)
    assert str(plan) == (
        "24 tasks hold 8 different stories, and each is planned once; 30 scenarios to write"
    )
    assert [each.id for each in plan.tasks] == [f"{n:03}" for n in range(8)]
    author = uso.ScenarioAuthor(uso.connect("offline/author"))
    assert "60 to 180 author calls" in plan.estimate(author)


def test_nearly_equal_ones_are_counted_in_the_plan(tmp_path):
    plan = plan_build(listed(*STORIES, retold(STORIES[0])), tmp_path, seed=6, smoke=2)
    assert str(plan).startswith("9 tasks; nearly equal ones stay in one split, which leaves 8; ")


def test_the_folder_names_the_tasks_that_were_left_out_and_loads(tmp_path):
    twice = [*listed(*STORIES), task(90, STORIES[3], source="tau2:[a]b|c[PERSONA:Hard]")]
    plan = plan_build(twice, tmp_path, seed=6, smoke=2, types=["agreement"])
    build_dataset(plan, uso.ScenarioAuthor(uso.connect("offline/author")), tmp_path)
    named = yaml.safe_load((tmp_path / EQUAL_FILE).read_text())
    assert named == {"003": ["tau2:[a]b|c[PERSONA:Hard]"]}
    assert len(load_dataset(tmp_path).tasks) == 8
