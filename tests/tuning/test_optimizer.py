import random
import re
import shutil
from types import SimpleNamespace

import dspy
import pytest
from conftest import BASE_PROMPT
from helpers import events, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch, TooManyErrors
from usersim_opt.models.naming import model_name
from usersim_opt.results import journal


def optimizer(metric, run_dir, **options):
    return uso.RubricOptimizer(
        **(
            {
                "metric": metric,
                "proposer_lm": uso.connect("offline/proposer"),
                "run_dir": run_dir,
                "max_calls": 700,
                "seed": 6,
            }
            | options
        )
    )


def played(airline, run_dir, **options):
    """A run on the airline set in a folder of its own: what it gave, and the student."""
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    student = uso.UserSimulator(
        uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9)
    )
    best = optimizer(metric, run_dir, **options).compile(
        student, trainset=airline.train, valset=airline.smoke
    )
    return SimpleNamespace(best=best, student=student, folder=run_dir)


@pytest.fixture(scope="module")
def finished(airline, tmp_path_factory):
    """One run of many calls, for the tests that only look."""
    return played(airline, tmp_path_factory.mktemp("finished") / "run", max_calls=2000).best


@pytest.fixture(scope="module")
def whole(airline, tmp_path_factory):
    """One run of the usual options that nothing broke off; copy its folder to go on with it."""
    return played(airline, tmp_path_factory.mktemp("whole") / "run")


def test_the_smoke_split_decides_and_the_gain_has_an_interval(finished):
    result = finished.result
    smoke = [d for d in result.decisions if d.rule == "smoke"]
    assert len(smoke) == 1
    assert smoke[0].accepted == result.confirmation.proven == (result.shipped == result.finalist)
    assert (
        result.confirmation.gain.low
        <= result.confirmation.gain.mean
        <= result.confirmation.gain.high
    )
    assert finished.prompt.sha256 == result.shipped.sha256
    assert result.best_smoke.pass_rate.mean > result.base_smoke.pass_rate.mean


def test_every_version_has_its_lineage_and_every_incumbent_a_decision(finished):
    result = finished.result
    assert result.versions["v000"].origin == "seed"
    for version in result.versions.values():
        if version.parent is not None:
            assert version.parent in result.versions
            assert version.origin == "composed"
    accepted = result.accepted
    assert accepted[0] == result.seed
    assert accepted[-1] == result.finalist
    for version in accepted[1:]:
        assert any(
            d.candidate == version.id and d.accepted and d.evidence for d in result.decisions
        )


def test_what_the_guard_turned_away_is_in_no_version(finished):
    refused = [
        d.reason for d in finished.result.decisions if d.stage != "smoke" and "left out" in d.reason
    ]
    words = [
        piece for reason in refused for piece in re.findall(r"left out '(.{20,78}?)':", reason)
    ]
    assert words
    assert not [
        w for w in words for version in finished.result.versions.values() if w in version.text
    ]


def test_no_search_ever_sees_a_smoke_scenario(finished, airline):
    _, log = journal.read(finished.result.run_dir)
    smoke = {scenario.id for scenario in airline.of("smoke")}
    for event in log:
        if event["event"] == "outcome":
            assert (event["scenario"] in smoke) == (event["stage"] == "smoke")


def test_the_budget_is_kept_and_counted(finished):
    _, log = journal.read(finished.result.run_dir)
    counted = sum(sum(e["calls"].values()) for e in log if e["event"] == "outcome") + sum(
        e["event"] == "proposal" for e in log
    )
    assert sum(finished.result.calls.values()) == counted <= 3000


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        ({"max_tokens": 200_000}, "200,000 tokens"),
        ({"max_minutes": 0.0001}, "0.0001 minutes"),
        ({}, "700 calls"),
    ],
)
def test_every_budget_ends_the_search_in_time_for_the_smoke_split_and_a_resumed_run_ends_there_too(
    airline, simulator, metric, whole, tmp_path, limit, named
):
    limits = limit | ({"max_calls": 4000} if limit else {})
    if limit:
        first = optimizer(metric, tmp_path / "run", **limits).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )
    else:
        first = whole.best
        shutil.copytree(whole.folder, tmp_path / "run")
    assert first.result.ended_by == f"the budget of {named}"
    assert f"The search was ended by the budget of {named}." in str(first.result)
    assert first.result.base_smoke.pass_rate is not None
    assert limit or first.result.tokens["user"] > 0
    limits |= {"max_minutes": 60} if "max_minutes" in limit else {}
    again = optimizer(metric, tmp_path / "run", **limits).compile(
        simulator, trainset=airline.train, valset=airline.smoke
    )
    assert str(again.result) == str(first.result)


def test_the_result_reads_as_a_report_and_says_what_it_is_worth(finished):
    text = str(finished.result)
    for part in (
        "dimension",
        "Accepted versions",
        "Decisions: ",
        "Calls: ",
        "offline stand-in models",
        "clarification.pushback",
    ):
        assert part in text
    assert "<table>" in finished.result._repr_html_()


def test_a_run_of_the_same_seed_is_the_same_to_the_byte(airline, whole, tmp_path):
    other = played(airline, tmp_path / "other")
    assert other.best.prompt.text == whole.best.prompt.text
    assert events(other.folder) == events(whole.folder)


def test_the_student_is_left_alone(whole, base_prompt):
    assert whole.student.prompt == base_prompt
    assert not hasattr(whole.student, "result")


def test_a_finished_run_opened_again_makes_no_call(airline, simulator, metric, whole, tmp_path):
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    before = (folder / journal.FILE).read_bytes()
    second = optimizer(metric, folder).compile(
        simulator, trainset=airline.train, valset=airline.smoke
    )
    assert (folder / journal.FILE).read_bytes() == before
    assert str(second.result) == str(whole.best.result)


def test_a_run_folder_of_other_inputs_is_refused_with_the_difference(
    airline, simulator, metric, whole, tmp_path
):
    shutil.copytree(whole.folder, tmp_path / "run")
    with pytest.raises(ResumeMismatch, match="seed was 6, is 7"):
        optimizer(metric, tmp_path / "run", seed=7).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )
    with pytest.raises(ResumeMismatch, match="prompt was"):
        optimizer(metric, tmp_path / "run").compile(
            simulator.with_prompt("Other. {scenario}"), trainset=airline.train, valset=airline.smoke
        )
    with pytest.raises(ResumeMismatch, match="train was"):
        optimizer(metric, tmp_path / "run").compile(
            simulator, trainset=airline.train[1:], valset=airline.smoke
        )
    with pytest.raises(ResumeMismatch, match="model.user was"):
        optimizer(metric, tmp_path / "run").compile(
            uso.UserSimulator(simulator.prompt, uso.connect("offline/user", temperature=0.1)),
            trainset=airline.train,
            valset=airline.smoke,
        )


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.61, 0.97])
def test_a_run_cut_off_anywhere_ends_like_one_that_was_not(
    airline, simulator, metric, whole, tmp_path, keep
):
    record = (whole.folder / journal.FILE).read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / journal.FILE).write_bytes(
        record[: max(int(len(record) * keep), record.index(b"\n") + 1)]
    )
    resumed = optimizer(metric, tmp_path / "cut").compile(
        simulator, trainset=airline.train, valset=airline.smoke
    )
    assert resumed.prompt.text == whole.best.prompt.text
    assert events(tmp_path / "cut") == events(whole.folder)


def test_prompts_that_are_all_alike_do_not_replace_the_seed(airline, base_prompt, metric, tmp_path):
    """The user model does not read its prompt, so every gain is noise."""
    shipped = 0
    for seed in range(5):
        user, _ = scripted(
            lambda request: random.Random(f"{request.config.seed}{len(request.system)}").choice(
                ["no", "yes please, thank you so much", "what?", "ok"]
            )
        )
        best = optimizer(metric, tmp_path / str(seed), seed=seed).compile(
            uso.UserSimulator(base_prompt, user), trainset=airline.train, valset=airline.smoke
        )
        shipped += best.result.shipped != best.result.seed
    assert shipped <= 1


def test_a_dead_user_model_stops_the_run_and_keeps_the_record(
    airline, base_prompt, metric, tmp_path
):
    lm, _ = scripted(RuntimeError("server gone"))
    with pytest.raises(TooManyErrors, match="server gone"):
        optimizer(metric, tmp_path / "run").compile(
            uso.UserSimulator(base_prompt, lm), trainset=airline.train, valset=airline.smoke
        )
    assert (tmp_path / "run" / journal.FILE).exists()


def test_a_run_goes_on_after_an_outage(airline, base_prompt, metric, tmp_path):
    real = uso.connect("offline/user")._engine_spec
    answers = {"left": 60}

    def flaky(request):
        answers["left"] -= 1
        return real.complete(request).text if answers["left"] > 0 else RuntimeError("server gone")

    lm, _ = scripted(flaky)
    with pytest.raises(TooManyErrors, match="mend the model connection and go on"):
        optimizer(metric, tmp_path / "run").compile(
            uso.UserSimulator(base_prompt, lm), trainset=airline.train, valset=airline.smoke
        )
    answers["left"] = 10**6
    best = optimizer(metric, tmp_path / "run").compile(
        uso.UserSimulator(base_prompt, lm), trainset=airline.train, valset=airline.smoke
    )
    assert best.result.best_smoke.errors == best.result.base_smoke.errors == 0
    assert 10**6 - answers["left"] < best.result.calls["user"]


def test_a_proposer_that_fails_stops_the_run_which_then_goes_on(
    airline, simulator, metric, tmp_path
):
    real = uso.connect("offline/proposer")._engine_spec
    answers = iter([False, False, True])
    proposer, _ = scripted(
        lambda request: (
            real.complete(request).text
            if next(answers, False) is False
            else RuntimeError("no quota")
        )
    )
    with pytest.raises(TooManyErrors, match="the proposer failed .*no quota"):
        optimizer(metric, tmp_path / "run", proposer_lm=proposer).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )
    resumed = optimizer(metric, tmp_path / "run", proposer_lm=proposer).compile(
        simulator, trainset=airline.train, valset=airline.smoke
    )
    whole = optimizer(metric, tmp_path / "whole", proposer_lm=proposer).compile(
        simulator, trainset=airline.train, valset=airline.smoke
    )
    assert resumed.prompt.text == whole.prompt.text
    assert events(tmp_path / "run") == events(tmp_path / "whole")


def test_a_proposer_that_talks_nonsense_costs_rounds_and_the_search_gives_up(
    airline, simulator, metric, tmp_path
):
    proposer, engine = scripted("I would rather not.")
    best = optimizer(
        metric,
        tmp_path / "run",
        proposer_lm=proposer,
        search=uso.HillClimb(patience=5),
        max_calls=3000,
    ).compile(simulator, trainset=airline.train, valset=airline.smoke)
    assert best.prompt == simulator.prompt
    assert "The seed prompt stays" in best.result.verdict
    assert len(engine.requests) == 5


@pytest.mark.parametrize("search", [uso.PieceSearch(), uso.HillClimb()])
@pytest.mark.parametrize("reply", ["###STOP###", "no, what?"])
def test_a_prompt_that_answers_everything_alike_does_not_ship(
    airline, base_prompt, metric, tmp_path, reply, search
):
    real = uso.connect("offline/user")._engine_spec
    user, _ = scripted(
        lambda request: reply if "MAGIC" in request.system else real.complete(request).text
    )
    magic = base_prompt.text.replace("Rules:", "Rules:\n- MAGIC is all.")
    proposer, _ = scripted(f"<prompt>{magic}</prompt>")
    best = optimizer(metric, tmp_path / "run", proposer_lm=proposer, search=search).compile(
        uso.UserSimulator(base_prompt, user), trainset=airline.train, valset=airline.smoke
    )
    assert "MAGIC" not in best.prompt.text
    assert any("MAGIC" in version.text for version in best.result.versions.values())


def test_models_of_dspy_s_own_settings_are_used_and_recorded(airline, base_prompt, tmp_path):
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    with dspy.context(lm=uso.connect("offline/user", temperature=0.9)):
        best = optimizer(metric, tmp_path / "run", max_calls=400).compile(
            uso.UserSimulator(base_prompt), trainset=airline.train, valset=airline.smoke
        )
    assert best.result.models["user"] == "offline/user temperature=0.9"
    assert best.result.base_smoke.errors == 0


def test_a_proposer_of_dspy_s_own_settings_is_part_of_the_fingerprint(
    airline, simulator, metric, tmp_path
):
    with dspy.context(lm=uso.connect("offline/proposer")):
        best = optimizer(metric, tmp_path / "run", proposer_lm=None, max_calls=400).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )
    assert best.result.models["proposer"] == "offline/proposer"
    with (
        dspy.context(lm=uso.connect("offline/proposer", temperature=0.1)),
        pytest.warns(
            UserWarning, match="the proposer was 'offline/proposer', is 'offline/proposer t"
        ),
    ):
        optimizer(metric, tmp_path / "run", proposer_lm=None, max_calls=400).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )


def test_nothing_secret_is_written():
    user = uso.connect("offline/user")
    user.kwargs |= {
        "api_key": "hush-1",
        "azure_ad_token": "hush-2",
        "api_base": "http://me:hush-3@host",
        "extra_headers": {"x": "hush-4"},
    }
    proposer = uso.connect("offline/proposer")
    lm, _ = scripted(lambda request: "no")
    lm.kwargs |= {"aws_session_token": "hush-5"}
    assert "hush" not in model_name(user) + model_name(lm)
    assert model_name(proposer) == "offline/proposer"


def test_fewer_than_ten_tasks_are_used_as_they_are(airline, simulator, metric, tmp_path):
    few = [example for example in airline.train if example.record.task_id < "004"]
    with pytest.warns(UserWarning, match="2 training tasks, fewer than the 10 of a minibatch"):
        best = optimizer(metric, tmp_path / "run", max_calls=600).compile(
            simulator, trainset=few, valset=airline.smoke
        )
    assert best.result.versions


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"trainset": []}, "trainset is empty"),
        ({"valset": None}, "valset is empty"),
        ({"valset": "train"}, "is in trainset and valset"),
        ({"valset": "few"}, "smoke split has 5 scenario"),
        ({"trainset": "one task"}, "1 training task"),
        ({"trainset": [{"a": 1}]}, r"trainset\[0\] has no scenario record"),
        ({"trainset": "twice"}, "stands there twice"),
        ({"student": "x"}, "the student is a str"),
        ({"teacher": "x"}, "a teacher was given"),
    ],
)
def test_unusable_arguments_are_named_before_anything_is_spent(
    airline, simulator, metric, tmp_path, changes, complaint
):
    named = {
        "train": airline.train,
        "twice": airline.train * 2,
        "few": airline.smoke[:5],
        "one task": airline.train[:5],
    }
    arguments = {"trainset": airline.train, "valset": airline.smoke} | {
        k: named.get(v, v) if isinstance(v, str) else v for k, v in changes.items()
    }
    student = arguments.pop("student", simulator)
    with pytest.raises(InputError, match=complaint):
        optimizer(metric, tmp_path / "run").compile(student, **arguments)
    assert not (tmp_path / "run").exists()


def test_a_budget_too_small_for_one_round_is_refused_with_the_sum(
    airline, simulator, metric, tmp_path
):
    with pytest.raises(InputError, match="max_calls is 50; one round costs up to"):
        optimizer(metric, tmp_path / "run", max_calls=50).compile(
            simulator, trainset=airline.train, valset=airline.smoke
        )
    assert not (tmp_path / "run" / journal.FILE).exists()
