"""An evaluation comes back from its file as it was, and a file that is none is refused in words."""

import json

import pytest
from helpers import scenario
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.sealing import sealed, unsealed
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Outcome


@pytest.fixture(scope="session")
def measured(airline):
    prompt = uso.Prompt("Play the customer.")
    user = uso.connect("offline/user", temperature=0.9)
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    return uso.evaluate(uso.UserSimulator(prompt, user), airline.smoke[:6], metric, seeds=2)


@pytest.fixture
def saved(measured, tmp_path):
    return measured.save(tmp_path / "new" / "base.jsonl")


def test_an_evaluation_comes_back_as_it_was(measured, saved):
    back = uso.read_evaluation(saved)
    assert back == measured
    assert str(back) == str(measured)
    assert [each.moment for each in back.scenarios.values()] == [
        each.moment for each in measured.scenarios.values()
    ]


def test_the_header_says_what_it_was_made_from(measured, saved):
    header = json.loads(saved.read_text().partition("\n")[0])
    assert header["prompt_sha256"] == uso.Prompt("Play the customer.").sha256
    assert header["models"] == {"user": "offline/user temperature=0.9", "judge": "offline/judge"}
    assert (header["offline"], header["scenarios"], header["outcomes"]) == (True, 6, 12)
    assert header["data_sha256"] == measured.origin.data_sha256
    assert header["saved"].endswith("+00:00")


def test_it_can_be_given_a_name(measured, tmp_path):
    back = uso.read_evaluation(measured.save(tmp_path / "x.jsonl", name="calibrated"))
    assert back.origin.name == "calibrated"
    assert back.origin.models == measured.origin.models


@given(st.text())
def test_any_reply_comes_back(tmp_path_factory, reply):
    outcome = Outcome(
        scenario="001.3", version="v", stage="s", repeat=0, status="error", reply=reply, why=reply
    )
    one = Evaluation({"001.3": scenario()}, [outcome])
    back = uso.read_evaluation(one.save(tmp_path_factory.mktemp("any") / "x.jsonl"))
    assert back == one


def test_a_file_that_was_cut_off_anywhere_is_no_shorter_evaluation(saved):
    lines = saved.read_bytes().splitlines(keepends=True)
    for kept in range(1, len(lines)):
        saved.write_bytes(b"".join(lines[:kept]))
        with pytest.raises(InputError, match="the file was cut off or changed"):
            uso.read_evaluation(saved)
    saved.write_bytes(b"".join(lines)[:-9])
    with pytest.raises(InputError, match="is no JSON"):
        uso.read_evaluation(saved)


def changed(file, number, change):
    """The file with a line changed and given the checksum that it has now."""
    lines = file.read_bytes().splitlines(keepends=True)
    data = json.loads(unsealed(lines[number].strip()))
    change(data)
    lines[number] = sealed(json.dumps(data))
    file.write_bytes(b"".join(lines))
    return file


def rename(data):
    data["outcome"]["scenario"] = "009.1"


@pytest.mark.parametrize(
    ("number", "change", "complaint"),
    [
        (0, lambda data: data.update(version=2), "of format 2; this version of usersim-opt"),
        (0, lambda data: data.update(models="m"), ":1: models: Input should be"),
        (1, lambda data: data["scenario"].pop("history"), ":2: scenario: history: Field required"),
        (-1, lambda data: data["outcome"].pop("status"), "outcome: status: Field required"),
        (-1, rename, "holds a reply to scenario '009.1' and not the scenario"),
    ],
)
def test_what_does_not_fit_is_named(saved, number, change, complaint):
    with pytest.raises(InputError) as raised:
        uso.read_evaluation(changed(saved, number, change))
    assert complaint in str(raised.value)


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_that_is_turned_over_gives_no_other_evaluation(
    measured, tmp_path_factory, share, bit
):
    file = measured.save(tmp_path_factory.mktemp("bent") / "x.jsonl")
    bent = bytearray(file.read_bytes())
    bent[int(share * len(bent))] ^= 1 << bit
    file.write_bytes(bent)
    assert read_or_refused(file) in (None, measured)


def read_or_refused(file):
    """An evaluation; None where it is refused in words."""
    try:
        return uso.read_evaluation(file)
    except InputError:
        return None


def test_a_file_from_before_there_were_checksums_is_read(measured, saved):
    lines = saved.read_bytes().splitlines()
    saved.write_bytes(b"\n".join(map(unsealed, lines)))
    assert uso.read_evaluation(saved) == measured


@pytest.mark.parametrize("content", ["", "Play the customer.\n", '{"scenario": "1", "reply": "n"}'])
def test_another_file_is_refused(tmp_path, content):
    file = tmp_path / "other.txt"
    file.write_text(content)
    with pytest.raises(InputError, match="is no saved evaluation, its first line is"):
        uso.read_evaluation(file)


def test_a_folder_is_refused_before_anything_is_written(measured, tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        measured.save(tmp_path)
