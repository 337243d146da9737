"""Who answered: the versions of runs, saved evaluations and files of replies."""

import json
import shutil

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.recorded.replies import as_replies
from usersim_opt.results.respondents import read_respondents, respondents_of

METRIC = uso.RubricMetric()


def read(*paths, dataset=None):
    return read_respondents(paths, dataset=dataset, metric=METRIC)


@pytest.fixture
def replies(tmp_path, airline):
    file = tmp_path / "replies.jsonl"
    lines = [
        {"scenario": each["record"].id, "prompt": prompt, "reply": "no, the other one"}
        for prompt in ("one", "two")
        for each in airline.smoke
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    return file


def test_a_run_gives_its_versions_the_seed_first_with_all_graded_replies(small_run):
    record = small_run.record
    found = respondents_of(record)
    assert next(iter(found.evaluations)) == record.seed.id
    assert set(found.evaluations) == {each.version for each in record.outcomes if each.grade}
    graded = [each for side in found.evaluations.values() for each in side.outcomes]
    assert len(graded) == sum(each.grade is not None for each in record.outcomes)
    assert all(side.offline for side in found.evaluations.values())


@pytest.mark.usefixtures("tuned")
def test_a_run_that_lacks_its_data_says_so(tuned_dir, tmp_path, replies, airline):
    folder = shutil.copytree(tuned_dir, tmp_path / "run")
    (folder / "data.json").unlink()
    with pytest.raises(InputError, match=r"no graded reply to a known scenario \(run: data.json: "):
        read(folder)
    found = read(folder, replies, dataset=airline)
    assert list(found.evaluations) == ["one", "two"]
    assert found.notes[0].startswith("run: data.json: ")


def test_a_file_of_replies_gives_its_prompts(replies, airline):
    found = read(replies, dataset=airline)
    assert list(found.evaluations) == ["one", "two"]
    assert len(found.evaluations["one"].outcomes) == len(airline.smoke)


def test_a_saved_evaluation_is_called_as_it_was_saved(replies, airline, tmp_path):
    one, two = read(replies, dataset=airline).evaluations.values()
    alone = one.save(tmp_path / "x.jsonl", name="plain")
    found = read(alone)
    assert list(found.evaluations) == ["plain"]
    assert found.evaluations["plain"].outcomes == one.outcomes
    both = uso.grade_replies(uso.read_replies(replies), airline.smoke, METRIC)
    assert list(read(both.save(tmp_path / "both.jsonl")).evaluations) == ["one", "two"]
    assert two.origin == one.origin


def test_names_that_came_before_are_told_apart(replies, airline, tmp_path):
    one = read(replies, dataset=airline).evaluations["one"]
    files = [one.save(tmp_path / f"{name}.jsonl", name="base") for name in ("a", "b")]
    assert list(read(*files).evaluations) == ["base", "b base"]
    assert list(read(files[1], files[1], files[1]).evaluations) == ["base", "b base", "b base 2"]


def test_people_are_graded_on_the_scenarios_that_were_answered(replies, airline):
    found = read(replies, dataset=airline)
    first = next(iter(found.scenarios))
    lines = [{"scenario": first, "reply": "nope"}, {"scenario": "999.1", "reply": "hm"}]
    people, problems = found.grade(as_replies(lines), METRIC, name="people")
    assert [each.reply for each in people.outcomes] == ["nope"]
    assert people.scenarios[first] == found.scenarios[first]
    assert len(problems) == 1
    assert "'999.1' is none of the" in problems[0]


def test_where_nobody_answered_a_known_scenario_nothing_is_graded(replies, airline):
    found = read(replies, dataset=airline)
    lines = as_replies([{"scenario": "999.1", "reply": "hm"}])
    assert found.grade(lines, METRIC, name="people")[0] is None


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("folder", None, "is a folder without a run; expected a run folder, a saved evaluation"),
        ("r.jsonl", '{"scenario": "001.3", "reply": "no"}', "no data set is named to grade them"),
        ("p.txt", "Play the customer.", "p.txt:1: is no JSON"),
        ("none", "", "none: holds no line"),
    ],
)
def test_what_is_none_of_the_three_is_named(tmp_path, name, content, complaint):
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    with pytest.raises(InputError, match=complaint):
        read(path)
