"""A run: its ledger of calls and tokens, and the record that it looks answers up in."""

import pytest
from dspy.lm15 import (
    ContextLengthError,
    InvalidRequestError,
    Message,
    Response,
    TextPart,
    TransportError,
    Usage,
)
from helpers import ScriptedEngine, events, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError, TooManyErrors
from usersim_opt.results import journal
from usersim_opt.results.journal import Journal
from usersim_opt.tuning.replay import Replay

TOKENS = 10_000
"""Of a proposal."""


class WordyEngine(ScriptedEngine):
    """Answers that take many tokens."""

    def complete(self, request):
        answer = super().complete(request)
        return Response(
            id=None,
            model=answer.model,
            message=Message.assistant([TextPart(answer.message.text)]),
            finish_reason="stop",
            usage=Usage(input_tokens=TOKENS - 1, output_tokens=1, total_tokens=TOKENS),
        )


@pytest.fixture
def wordy_proposer():
    lm, _ = scripted("never asked")
    lm._engine_spec = WordyEngine("no idea")
    return lm


def tune(simulator, checked, run_dir, proposer, **options):
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(), proposer_lm=proposer, run_dir=run_dir, max_calls=300, **options
    )
    return optimizer.compile(simulator, trainset=checked.train, valset=checked.smoke).result


def test_the_proposer_s_tokens_count(base_prompt, checked, wordy_proposer, tmp_path):
    simulator = uso.UserSimulator(base_prompt, scripted("no")[0])
    record = tune(simulator, checked, tmp_path / "run", wordy_proposer).record
    assert record.tokens["proposer"] == TOKENS * record.calls["proposer"] > 0
    assert record.tokens["user"] == 2 * record.calls["user"]


def test_the_proposer_s_tokens_end_the_search(base_prompt, checked, wordy_proposer, tmp_path):
    simulator = uso.UserSimulator(base_prompt, scripted("no")[0])
    brief, _ = scripted("no idea")
    limit = {"max_tokens": 5 * TOKENS}
    assert tune(simulator, checked, tmp_path / "brief", brief, **limit).ended_by == (
        "the budget of 300 calls"
    )
    result = tune(simulator, checked, tmp_path / "wordy", wordy_proposer, **limit)
    assert result.ended_by == "the budget of 50,000 tokens"
    again = tune(simulator, checked, tmp_path / "wordy", wordy_proposer, **limit)
    assert again.tokens == result.tokens


def test_a_resumed_run_counts_the_proposer_s_tokens_of_before(
    base_prompt, checked, wordy_proposer, tmp_path
):
    simulator = uso.UserSimulator(base_prompt, scripted("no")[0])
    # Folders of their own: uses of one smoke split are counted beside the run folder.
    first, second = tmp_path / "whole" / "run", tmp_path / "cut" / "run"
    whole = tune(simulator, checked, first, wordy_proposer)
    record = (first / journal.FILE).read_bytes()
    second.mkdir(parents=True)
    (second / journal.FILE).write_bytes(record[: len(record) // 2])
    again = tune(simulator, checked, second, wordy_proposer)
    assert again.tokens == whole.tokens
    assert events(second) == events(first)


# -- a proposer with a small window ------------------------------------------------------------


TOO_LONG = [
    ContextLengthError("12,000 tokens, 8,192 are read"),
    InvalidRequestError("This model's maximum context length is 8192 tokens"),
    InvalidRequestError("400: prompt is too long: 9001 tokens > 8192 maximum"),
    InvalidRequestError("413 Request Entity Too Large"),
    InvalidRequestError("9,000 tokens read and 10 written do not fit into num_ctx=8192"),
]
WORDY = "Certainly, thank you so much for your kind help. " * 12
"""A reply that fails, so that there is something to propose."""
SEARCHES = [uso.PieceSearch, uso.HillClimb]


def small_proposer(window, error=TOO_LONG[0]):
    """A proposer that refuses longer messages, and the lengths of those that it took."""
    lengths = []

    def reply(request):
        length = len(request.messages[-1].text)
        if length > window:
            return error
        lengths.append(length)
        return "no idea"

    return scripted(reply)[0], lengths


def proposal_events(run_dir):
    return [event for event in journal.read(run_dir)[1] if event["event"] == "proposal"]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_material_that_does_not_fit_is_shortened_and_the_record_says_so(
    search, base_prompt, checked, tmp_path
):
    simulator = uso.UserSimulator(base_prompt, scripted(WORDY)[0])
    free, lengths = small_proposer(10**6)
    tune(simulator, checked, tmp_path / "free", free, search=search())
    small, fitting = small_proposer(max(lengths) * 2 // 3)
    with pytest.warns(UserWarning, match="the proposer's window is too small"):
        result = tune(simulator, checked, tmp_path / "run", small, search=search())
    assert result.record.finished
    proposals = proposal_events(tmp_path / "run")
    assert len(fitting) == len(proposals) == result.calls["proposer"]
    shortened = [event for event in proposals if "shortened" in event]
    assert 1 <= len(shortened) <= 3
    assert "shown were" in shortened[0]["shortened"]
    assert all(event["extent"] > 0 for event in proposals[proposals.index(shortened[0]) :])


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("error", TOO_LONG)
def test_a_window_that_takes_nothing_costs_the_proposals_and_not_the_run(
    search, error, base_prompt, checked, tmp_path
):
    simulator = uso.UserSimulator(base_prompt, scripted(WORDY)[0])
    proposer, fitting = small_proposer(100, error)
    result = tune(simulator, checked, tmp_path / "run", proposer, search=search())
    assert result.record.finished
    assert not fitting
    assert result.calls["proposer"] > 0
    notes = [d for d in result.decisions if d.rule == "proposal"]
    assert len(notes) == len(proposal_events(tmp_path / "run")) == result.calls["proposer"]
    assert all(note.reason.startswith("the material did not fit") for note in notes)
    again = tune(simulator, checked, tmp_path / "run", proposer, search=search())
    assert again.calls == result.calls


def test_a_resumed_run_keeps_to_the_extent_that_fitted(base_prompt, checked, tmp_path):
    simulator = uso.UserSimulator(base_prompt, scripted(WORDY)[0])
    free, lengths = small_proposer(10**6)
    tune(simulator, checked, tmp_path / "free", free)
    proposer, _ = small_proposer(max(lengths) * 2 // 3)
    with pytest.warns(UserWarning, match="window is too small"):
        tune(simulator, checked, tmp_path / "whole", proposer)
    record = (tmp_path / "whole" / journal.FILE).read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / journal.FILE).write_bytes(record[: len(record) * 2 // 3])
    tune(simulator, checked, tmp_path / "cut", proposer)
    assert events(tmp_path / "cut") == events(tmp_path / "whole")


# -- a proposer that fails otherwise -----------------------------------------------------------


@pytest.mark.parametrize(
    "error", [TransportError("refused"), InvalidRequestError("max_tokens is too large")]
)
def test_another_proposer_takes_over_where_one_failed(error, base_prompt, checked, tmp_path):
    simulator = uso.UserSimulator(base_prompt, scripted("no")[0])
    answers = iter(["no idea"] * 3)
    failing, _ = scripted(lambda request: next(answers, error))
    for _ in range(2):
        with pytest.raises(TooManyErrors, match="or go on with another proposer"):
            tune(simulator, checked, tmp_path / "run", failing)
    assert len(proposal_events(tmp_path / "run")) == 3
    other = uso.connect("offline/proposer")
    with pytest.warns(UserWarning, match="was 'scripted/model', is 'offline/proposer'"):
        result = tune(simulator, checked, tmp_path / "run", other)
    assert result.record.finished
    models = result.record.models
    assert (models["proposer"], models["proposer.2"]) == ("scripted/model", "offline/proposer")
    (takeover,) = [e for e in journal.read_lenient(tmp_path / "run")[1] if e["event"] == "proposer"]
    assert (takeover["was"], takeover["model"]) == ("scripted/model", "offline/proposer")
    before = (tmp_path / "run" / journal.FILE).read_bytes()
    assert tune(simulator, checked, tmp_path / "run", other).calls == result.calls
    assert (tmp_path / "run" / journal.FILE).read_bytes() == before


def test_a_proposer_that_takes_over_is_shown_all_again(base_prompt, checked, tmp_path):
    simulator = uso.UserSimulator(base_prompt, scripted(WORDY)[0])
    tried = iter(range(6))
    small, _ = scripted(
        lambda request: TOO_LONG[0] if next(tried, None) is not None else TransportError("refused")
    )
    with pytest.raises(TooManyErrors):
        tune(simulator, checked, tmp_path / "run", small)
    assert [event["extent"] for event in proposal_events(tmp_path / "run")] == [3, 3, 3]
    other = uso.connect("offline/proposer")
    with pytest.warns(UserWarning, match="the proposer was"):
        tune(simulator, checked, tmp_path / "run", other)
    assert not any("extent" in event for event in proposal_events(tmp_path / "run")[3:])


# -- the record --------------------------------------------------------------------------------


SEARCHED = {"event": "searched", "rounds": 3, "why": "patience"}


def reply(status="scored", calls=1):
    return {
        "event": "outcome",
        "stage": "001.look",
        "version": "v000",
        "scenario": "001.1",
        "repeat": 0,
        "status": status,
        "calls": {"user": calls},
    }


@pytest.fixture
def opened(tmp_path):
    """Opens the same journal again and again, each time as a new process would."""
    journals = []

    def open_again():
        for log in journals:
            log.close()
        journals[:] = [Journal.open(tmp_path, {"seed": 6})]
        return Replay(journals[0])

    yield open_again
    journals[0].close()


def test_an_event_is_written_once_and_looked_up_by_its_name(opened, tmp_path):
    replay = opened()
    assert replay.get("searched") is None
    assert replay.once(SEARCHED) == replay.once(SEARCHED | {"rounds": 4}) == SEARCHED
    assert opened().get("searched")["rounds"] == 3
    assert len((tmp_path / journal.FILE).read_text().splitlines()) == 2


def test_what_follows_from_answers_must_be_what_followed_before(opened):
    version = {"event": "version", "id": "v000", "text": "a"}
    opened().as_before(version)
    replay = opened()
    replay.as_before(version)
    with pytest.raises(JournalError, match="version v000 would now be another one"):
        replay.as_before(version | {"text": "b"})


def test_a_reply_is_found_in_the_session_that_wrote_it_and_later(opened):
    key = ("001.look", "v000", "001.1", 0)
    replay = opened()
    assert replay.outcome(key) is None
    replay.again(reply())
    assert replay.outcome(key).status == opened().outcome(key).status == "scored"


def test_a_reply_that_failed_and_is_made_again_was_paid_for_once(opened):
    opened().again(reply("error", calls=3))
    replay = opened()
    assert replay.outcome(("001.look", "v000", "001.1", 0)) is None
    assert replay.paid_in_vain("002.look") == []
    assert [event["calls"] for event in replay.paid_in_vain("001.look")] == [{"user": 3}]
    assert replay.paid_in_vain("001.look") == []


def test_a_reply_that_cannot_be_read_is_named(opened):
    opened().again(reply() | {"reply": 5})
    with pytest.raises(JournalError, match=r"an outcome of 001\.1 is not readable"):
        opened().outcome(("001.look", "v000", "001.1", 0))
