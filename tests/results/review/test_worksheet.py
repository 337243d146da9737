"""What a worksheet holds: the verdicts most worth a minute, in a form that comes back whole."""

import json

import pytest
from helpers import CRITERION
from hostile import HOSTILE
from judges import Told
from reviews import CALM, IDS, STORY, graded, made_dataset, saved, short_run

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.results.review.page import render
from usersim_opt.results.review.sources import read_source


@pytest.fixture
def data(tmp_path):
    return made_dataset(tmp_path / "data")


@pytest.fixture
def files(data, tmp_path):
    return saved(data, tmp_path)


def evaluation(data, outcomes, path):
    origin = Origin(name=path.stem, models={"judge": "openai/judge"})
    return Evaluation(dict(data.scenarios), outcomes, origin=origin).save(path)


def test_verdicts_in_which_two_prompts_differ_are_worth_a_look_with_all_that_decides_them(files):
    sheet = uso.make_worksheet(*files)
    assert {entry.criterion for entry in sheet.entries} == {"calm"}
    entry = next(each for each in sheet.entries if each.reply == "new 001.3")
    assert entry.context == ("agent: Hello, what is it about?",)
    assert (entry.text, entry.story) == ("It is calm.", STORY)
    assert [(each.by, each.verdict) for each in entry.verdicts] == [("openai/judge", "fail")]
    told = ("new is compared with old: fail here, pass there", "the item statistics: wrong sign")
    assert entry.why == told


def test_a_second_judge_shows_what_code_and_a_reader_see_differently(files):
    judge = Told(lambda criterion, _: "fail" if criterion.id == "short" else "pass")
    sheet = uso.make_worksheet(files[0], judge=judge)
    assert {entry.criterion for entry in sheet.entries} == {"short"}
    assert sheet.entries[0].why == ("code says pass, a judge that was told fail",)
    assert [each.verdict for each in sheet.entries[0].verdicts] == ["pass", "fail"]
    assert judge.asked[0] == ["calm", "short"]


def test_a_judge_that_contradicts_itself_on_a_reply_is_unstable(data, tmp_path):
    twice = [graded("001.3", "old", "no", calm=n == 0, repeat=n) for n in (0, 1)]
    sheet = uso.make_worksheet(evaluation(data, twice, tmp_path / "twice.jsonl"))
    (entry,) = sheet.entries
    told = ("openai/judge said both of the same reply", "the item statistics: unreliable")
    assert entry.why == told
    assert [each.verdict for each in entry.verdicts] == ["pass", "fail"]


def test_reasons_take_turns_and_one_criterion_does_not_fill_the_sheet(data, tmp_path):
    outcomes = [graded("001.3", "old", f"no {n}", calm=True, repeat=n) for n in range(9)]
    other = [graded("001.3", "new", f"ok {n}", calm=False, repeat=n) for n in range(9)]
    files = [
        evaluation(data, outcomes, tmp_path / "old.jsonl"),
        evaluation(data, other, tmp_path / "new.jsonl"),
    ]
    judge = Told(lambda criterion, _: "fail" if criterion.id == "short" else "pass")
    sheet = uso.make_worksheet(*files, judge=judge)
    assert [entry.criterion for entry in sheet.entries].count("calm") == 2
    assert [entry.criterion for entry in sheet.entries].count("short") == 2
    assert len(uso.make_worksheet(*files, judge=judge, most=3).entries) == 3


@pytest.mark.usefixtures("tuned")
def test_accepts_of_a_run_are_looked_at_with_the_replies_that_were_compared(tuned_dir, tmp_path):
    run = short_run(tuned_dir, tmp_path / "run")
    record = uso.read_record(run)
    sheet = uso.make_worksheet(run)
    decisive = [why for entry in sheet.entries for why in entry.why if " was accepted over " in why]
    accept = [each for each in record.decisions if each.accepted][-1]
    told = f"{accept.candidate} was accepted over {accept.incumbent} ({accept.stage}): "
    assert any(why.startswith(told) for why in decisive)
    compared = {outcome.reply for outcome in record.of_stage(accept.stage)}
    entries = [entry for entry in sheet.entries if any(told in why for why in entry.why)]
    assert {entry.reply for entry in entries} <= compared


def test_smoke_replies_are_left_out_unless_they_are_asked_for(tuned, tuned_dir):
    record = tuned.result.record
    smoke = record.of_stage("smoke")
    searched = read_source([tuned_dir])
    assert not [each for _, each in searched.outcomes if each.stage == "smoke"]
    every = read_source([tuned_dir], smoke=True)
    assert len(every.outcomes) - len(searched.outcomes) == sum(
        each.grade is not None for each in smoke
    )


def test_a_worksheet_comes_back_from_its_file_and_its_labels_are_not_written_over(files, tmp_path):
    sheet = uso.make_worksheet(*files)
    path = sheet.save(tmp_path / "review.yaml")
    assert uso.read_worksheet(path) == sheet
    sheet.save(path)  # nothing is lost where nobody has begun
    path.write_text(path.read_text().replace("label: ''", "label: pass", 1))
    with pytest.raises(InputError, match="a worksheet with 1 label, which would be lost"):
        sheet.save(path)


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_reply_comes_back_from_yaml_and_stands_on_the_page_as_text(data, tmp_path, reply):
    clean = reply.encode("utf-8", "replace").decode() or "?"
    outcomes = [graded("001.3", "old", clean, calm=n == 0, repeat=n) for n in (0, 1)]
    sheet = uso.make_worksheet(evaluation(data, outcomes, tmp_path / "twice.jsonl"))
    assert uso.read_worksheet(sheet.save(tmp_path / "review.yaml")) == sheet
    html = render(sheet, "review")
    block = html.partition('id="sheet">')[2].partition("</script>")[0]
    assert json.loads(block)["entries"][0]["reply"] == clean
    assert html.count("<script") == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "expected"),
        ("{", "is no JSON"),
        ("- 1\n", "is no worksheet"),
        ("format: usersim-opt worksheet\n", "edition"),
        ("", "is no worksheet"),
    ],
)
def test_what_is_no_worksheet_is_told(tmp_path, text, complaint):
    file = tmp_path / "sheet.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=complaint):
        uso.read_worksheet(file)


def test_sources_that_are_none_and_verdicts_of_which_none_is_worth_a_look_are_told(
    data, tmp_path, files
):
    other = tmp_path / "replies.jsonl"
    other.write_text('{"scenario": "001.3", "reply": "no"}\n')
    with pytest.raises(InputError, match="is no run and no saved evaluation"):
        uso.make_worksheet(other)
    with pytest.raises(InputError, match="expected one run folder, or saved evaluations"):
        uso.make_worksheet(files[0], tmp_path)
    alone = evaluation(data, [graded(IDS[0], "old", "no", calm=True)], tmp_path / "one.jsonl")
    with pytest.raises(InputError, match="no verdict is worth a look"):
        uso.make_worksheet(alone)


def test_a_criterion_s_wording_is_its_text_its_check_and_what_it_sees():
    one = uso.Criterion.model_validate(CALM)
    other = [{"text": "It is loud."}, {"check": {"asks": True}}, {"sees": "story"}]
    assert len({one.wording, *(uso.Criterion(**CALM | each).wording for each in other)}) == 4
    assert uso.Criterion(**CALM | {"role": "guard"}).wording == one.wording
    assert uso.Criterion(**CRITERION).wording != one.wording
