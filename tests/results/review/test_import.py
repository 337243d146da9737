"""A worksheet is taken in: labels, new words, grades, ranking; what is wrong loses nothing."""

import json

import pytest
from judges import Told
from reviews import IDS, made_dataset, saved, short_run

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ModelError
from usersim_opt.measuring.calibration.people import labels_of


class World:
    """A data set, two evaluations, and a worksheet of them."""

    def __init__(self, folder):
        self.folder = folder
        self.data = made_dataset(folder / "data")
        self.files = saved(self.data, folder)
        self.sheet = uso.make_worksheet(*self.files)
        self.path = folder / "review.json"
        self.labels = folder / "labels.jsonl"

    def fill(self, *filled, who="p07", **changes):
        """Save the worksheet with the first entries filled in."""
        data = self.sheet.model_dump(mode="json") | {"who": who} | changes
        for entry, fields in zip(data["entries"], filled, strict=False):
            entry.update(fields)
        self.path.write_text(json.dumps(data))
        return self

    def rate(self):
        """Fill in that all replies of `new` are calm, and none of `old`."""
        right = {"new": "pass", "old": "fail"}
        return self.fill(*({"label": right[entry.version]} for entry in self.sheet.entries))

    def take_in(self, **options):
        asked = {"labels": self.labels, "dataset": self.data.folder} | options
        return uso.apply_worksheet(self.path, self.files, **asked)

    @property
    def stored(self):
        return [json.loads(line) for line in self.labels.read_text().splitlines()]

    @property
    def written(self):
        """Everything that an import could have changed."""
        files = [self.path, *self.files, *(self.folder / "data").rglob("*.yaml")]
        return [each.read_bytes() for each in (*files, self.labels) if each.exists()]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


WRONG = {"label": "wrong", "note": "calm is no word for it", "rewording": "No insult."}


def test_labels_are_stored_with_who_and_when_and_calibrate_the_judge(world):
    review = world.rate().take_in()
    assert review.new_labels == 12
    line = next(each for each in world.stored if each["reply"] == "new 001.3")
    assert (line["who"], line["passes"], line["prompt"]) == ("p07", ["calm"], "new")
    assert len(line["when"]) == len("2026-11-30")
    found = labels_of(world.labels, world.data.scenarios)
    assert (len(found.replies), found.stale) == (12, 0)
    judge = Told(lambda _criterion, _reply: "pass")
    card = uso.calibrate_judge(judge, world.data.train[:4] + world.data.smoke, world.labels)
    assert card.by_prompt["old"].fails == 6


def test_a_person_s_verdicts_stand_in_the_grades_and_the_ranking_follows(world):
    review = world.rate().take_in()
    outcome = review.source.evaluations["new"].outcomes[0]
    (verdict,) = [each for each in outcome.verdicts if each.criterion == "calm"]
    assert (verdict.outcome, verdict.source, verdict.evidence) == ("pass", "person", "p07")
    assert [(each.name, each.was, each.place) for each in review.ranking.versions] == [
        ("new", 2, 1),
        ("old", 1, 2),
    ]
    (gain,) = review.ranking.gains
    assert (gain.before, gain.after) == (-0.5, 0.5)
    assert (review.changed, review.calls) == (12, 0)


def test_a_half_done_worksheet_is_taken_in_and_again_when_it_is_done(world):
    first = world.fill({"label": "pass"}, {"label": "fail"}).take_in()
    assert (first.new_labels, first.sheet.left) == (2, 10)
    assert "2 of 12 verdicts are labelled; import it again" in str(first)
    again = world.take_in()
    assert (again.new_labels, len(world.stored)) == (0, 2)
    third = world.fill({"label": "pass"}, {"label": "fail"}, {"label": "pass"}).take_in()
    assert (third.new_labels, len(world.stored)) == (1, 3)


def test_reworded_criteria_keep_their_old_text_and_are_decided_anew_without_the_simulator(world):
    world.fill(WRONG)
    name = world.sheet.entries[0].scenario
    judge = Told(lambda _criterion, reply: "pass" if reply.startswith("new") else "fail")
    review = world.take_in(judge=judge)
    assert judge.asked == [["calm"], ["calm"]]
    assert review.calls == 2
    (criterion,) = uso.load_dataset(world.data.folder).scenarios[name].criteria[1:]
    assert criterion.text == "No insult."
    (before,) = criterion.revisions
    assert (before.text, before.who, before.note) == ("It is calm.", "p07", WRONG["note"])
    verdicts = {
        version: evaluation.outcomes[IDS.index(name)].verdicts[1].outcome
        for version, evaluation in review.source.evaluations.items()
    }
    assert verdicts == {"old": "fail", "new": "pass"}
    again = world.take_in(judge=judge)
    assert (again.written, again.calls) == ([], 2)


def test_a_criterion_that_code_decided_is_the_judge_s_once_it_is_reworded(world):
    judge = Told(lambda criterion, _: "fail" if criterion.id == "short" else "pass")
    world.sheet = uso.make_worksheet(world.files[0], judge=judge)
    world.files = world.files[:1]
    name = world.sheet.entries[0].scenario
    review = world.fill(WRONG).take_in(judge=judge)
    short = uso.load_dataset(world.data.folder).scenarios[name].criteria[0]
    assert (short.check, short.revisions[0].check) == (None, {"max_words": 5})
    verdict = review.source.evaluations["old"].outcomes[IDS.index(name)].verdicts[0]
    assert (verdict.outcome, verdict.source) == ("fail", "judge")
    assert "its check is in the history" in str(review)


def test_labels_on_the_old_words_do_not_count_for_the_new_ones(world):
    world.rate().take_in()
    name = world.sheet.entries[0].scenario
    (here,) = [e for e in world.sheet.entries if e.scenario == name and e.version == "new"]
    file = world.data.folder / "scenarios" / f"{name}.yaml"
    file.write_text(file.read_text().replace("It is calm.", "It is still."))
    now = uso.load_dataset(world.data.folder)
    found = labels_of(world.labels, now.scenarios)
    assert found.stale == 2
    assert here.reply not in {reply.reply for reply in found.replies}
    judge = Told(lambda _criterion, _reply: "pass")
    card = uso.calibrate_judge(judge, now.train + now.smoke, world.labels)
    assert "2 labels of people are on criteria that were reworded since" in str(card)


def test_a_criterion_that_is_wrong_and_not_reworded_decides_nothing(world):
    name = world.sheet.entries[0].scenario
    review = world.fill(WRONG | {"rewording": ""}).take_in()
    verdicts = [
        evaluation.outcomes[IDS.index(name)].verdicts[1]
        for evaluation in review.source.evaluations.values()
    ]
    assert {each.outcome for each in verdicts} == {"unscored"}
    assert f"Wrong, and not counted until it is reworded: {name} calm (p07: calm is" in str(review)
    assert uso.load_dataset(world.data.folder).scenarios[name].criteria[1].revisions == ()


def test_two_people_who_differ_count_for_nobody(world):
    world.fill({"label": "pass"}).take_in()
    review = world.fill({"label": "fail"}, who="p08").take_in()
    assert (review.disputed, review.changed, len(world.stored)) == (1, 0, 2)
    assert "1 verdict on which two people differ" in str(review)


def test_what_an_earlier_review_reworded_holds_for_the_next_one(world):
    judge = Told(lambda _criterion, _reply: "pass")
    world.fill(WRONG).take_in(judge=judge)
    other = next(
        number
        for number, entry in enumerate(world.sheet.entries)
        if entry.scenario != world.sheet.entries[0].scenario
    )
    later = world.fill(*([{}] * other), {"label": "pass"}).take_in(judge=judge)
    assert [change.new.text for change in later.reworded] == ["No insult."]


@pytest.mark.parametrize(
    ("filled", "changes", "options", "complaint"),
    [
        ([], {}, {}, "has no label yet"),
        ([{"label": "maybe"}], {}, {}, "entries.0.label"),
        ([WRONG | {"note": " "}], {}, {}, "entry 001: says that the criterion is wrong"),
        ([{"label": "pass", "rewording": "So."}], {}, {}, "entry 001: rewords the criterion"),
        ([{"label": "pass"}], {"who": ""}, {}, "does not say who labelled"),
        ([{"label": "pass"}], {}, {"who": "p09"}, "is by 'p07', and --who is 'p09'"),
        ([{"label": "pass"}], {"edition": "0" * 12}, {}, "is of edition 000000000000"),
        ([{"label": "pass", "scenario": "009.9"}], {}, {}, "scenario '009.9' is none of the 6"),
        ([WRONG], {}, {"dataset": None}, "name it by --dataset"),
        ([{"label": "pass", "reply": "x"}, {"label": "fail", "reply": "x", "scenario": "001.3"}],
         {}, {}, "contradict each other"),
        ([{"label": "pass", "wording": "0" * 12}], {}, {}, "entry 001: 'calm' of scenario"),
        ([{"label": "pass", "criterion": "loud"}], {}, {}, "entry 001: 'loud' of scenario"),
        ([WRONG, WRONG | {"rewording": "Another."}], {}, {}, "anew in two ways"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_in_is_told_and_nothing_is_lost(
    world, filled, changes, options, complaint
):
    if len(filled) == 2:
        place = {name: getattr(world.sheet.entries[0], name) for name in ("scenario", "criterion")}
        filled = [each | place for each in filled]
    world.fill(*filled, **changes)
    before = world.written
    with pytest.raises(InputError, match=complaint):
        world.take_in(**options)
    assert world.written == before


def test_one_person_may_not_contradict_what_she_said_before(world):
    world.fill({"label": "pass"}).take_in()
    before = world.written
    world.fill({"label": "fail"})
    with pytest.raises(InputError, match=r"contradict each other .* take the line out of"):
        world.take_in()
    world.fill({"label": "pass"})
    assert world.written == before


def test_a_data_set_of_another_edition_keeps_its_words(world):
    world.fill(WRONG)
    name = world.sheet.entries[0].scenario
    file = world.data.folder / "scenarios" / f"{name}.yaml"
    file.write_text(file.read_text().replace("It is calm.", "It is still."))
    before = world.written
    with pytest.raises(InputError, match="reads 'It is still.' there, and 'It is calm.' in"):
        world.take_in()
    assert world.written == before


def test_where_the_judge_fails_labels_and_words_are_stored_and_the_import_can_be_repeated(world):
    def down(_criterion, _reply):
        raise ConnectionError("down")

    world.fill(WRONG, {"label": "pass"})
    with pytest.raises(ModelError, match="import the worksheet again"):
        world.take_in(judge=Told(down))
    assert len(world.stored) == 2
    review = world.take_in(judge=Told(lambda _criterion, _reply: "pass"))
    assert (review.new_labels, len(world.stored), review.calls) == (0, 2, 2)


def test_a_run_s_versions_are_ranked_by_what_is_expected_of_them(tuned, tuned_dir, tmp_path):
    run = short_run(tuned_dir, tmp_path / "run")
    sheet = uso.make_worksheet(run, most=6)
    data = sheet.model_dump(mode="json") | {"who": "p07"}
    for entry in data["entries"]:
        entry["label"] = "pass" if entry["verdicts"][0]["verdict"] == "fail" else "fail"
    file = tmp_path / "review.json"
    file.write_text(json.dumps(data))
    review = uso.apply_worksheet(file, [run], labels=tmp_path / "labels.jsonl")
    assert review.changed >= review.new_labels > 0
    assert review.ranking.expected
    assert "expected on all scenarios alike" in str(review)
    names = {each.name for each in review.ranking.versions}
    assert names <= set(tuned.result.record.versions)
    assert any(" was accepted over " in gain.words for gain in review.ranking.gains)
