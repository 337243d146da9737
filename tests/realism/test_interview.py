"""Questions to a judge: one answer each, kept, and errors that would meet every call."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from dspy.utils.exceptions import LMAuthError
from helpers import scripted

from usersim_opt.basics.errors import InputError, ModelError
from usersim_opt.basics.sealing import unsealed
from usersim_opt.measuring.answers import UnreadableError
from usersim_opt.realism.interview import Interview


def ask(interview, data="x"):
    return interview.ask("Say something.", data, str, about="a question")


def test_two_threads_with_one_question_get_one_answer():
    lm, engine = scripted("yes")
    interview = Interview(lm)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(interview), range(8)))
    assert answers == ["yes"] * 8
    assert len(engine.requests) == interview.calls == 1


def test_a_wrong_key_is_raised_since_every_call_would_meet_it():
    with pytest.raises(ModelError, match="no key"):
        ask(Interview(scripted(LMAuthError(model="scripted/model", message="no key"))[0]))


def test_a_kept_answer_that_cannot_be_read_is_asked_for_anew(tmp_path):
    file = tmp_path / "answers.jsonl"
    ask(Interview(scripted("seven")[0], file))
    lm, engine = scripted("7")

    def read(answer):
        if not answer.isdigit():
            raise UnreadableError("no number")
        return int(answer)

    assert Interview(lm, file).ask("Say something.", "x", read, about="a question") == 7
    assert len(engine.requests) == 1


def test_a_file_of_something_else_is_refused(tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text('{"task": "001"}\n')
    with pytest.raises(InputError, match=r"answers\.jsonl:1"):
        Interview(scripted("x")[0], file)
    with pytest.raises(InputError, match="is a folder"):
        Interview(scripted("x")[0], tmp_path)
    file.write_text("somebody's words, without a line end")
    with pytest.raises(InputError, match="is no kept answer"):
        Interview(scripted("x")[0], file)
    assert file.read_text() == "somebody's words, without a line end"
    file.write_text('{"key": "cut o')
    assert ask(Interview(scripted("x")[0], file)) == "x"


def test_a_kept_answer_that_was_changed_is_named_and_one_without_checksum_is_taken(tmp_path):
    file = tmp_path / "answers.jsonl"
    ask(Interview(scripted("yes")[0], file))
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"answer": "yes"', b'"answer": "yet"'))
    with pytest.raises(InputError, match=r"answers\.jsonl:1: .*checksum is missing or wrong"):
        Interview(scripted("x")[0], file)
    file.write_bytes(unsealed(whole.strip()) + b"\n")
    assert ask(Interview(scripted("x")[0], file)) == "yes"
