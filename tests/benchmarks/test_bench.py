"""The optimizer benchmark: truth, counting, the peers' proposals, and what the table says."""

import statistics
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import _bench_page
import _bench_peers
import _bench_proposer
import _bench_runs
import _bench_table
import _bench_toys
import _bench_worlds
import _bench_worth
import bench_optimizers
import dspy
import pytest
from _bench_calls import BudgetSpent, Meter
from _bench_peers import Bench
from processes import usual_signals

HELPFUL = [sentence for _, sentence in _bench_worth.RULES.values()]
TWICE = "true gain at least 2 times the best peer's"
MOST = "no run of any optimizer gained more than +0.300"
PEERS = ["GEPA", "MIPROv2", "SIMBA", "COPRO", "CAPO"]


def bench(world="toy", budget=300, seed=1):
    return Bench(_bench_worlds.world(world), Meter(budget, seed), seed)


def with_sentences(*sentences):
    return _bench_proposer.inserted(_bench_toys.TOY_PROMPT, list(sentences))


def row(optimizer=_bench_table.OURS, world="toy", budget=600, **changes):
    made = {
        "optimizer": optimizer,
        "world": world,
        "budget": budget,
        "seed": 0,
        "prompt": "p",
        "replaced": True,
        "reported": 0.2,
        "gain": 0.2,
    }
    return (
        made
        | {"gain_reported_on": 0.2, "calls": {"user": 300, "judge": 300}, "milliseconds": 1.0}
        | changes
    )


def test_the_seed_is_worth_40_percent_the_best_80_and_every_harmful_sentence_costs():
    world = _bench_worlds.world("toy")
    assert world.quality(world.prompt, world.smoke) == pytest.approx(0.4)
    assert world.quality(with_sentences(*HELPFUL), world.smoke) == pytest.approx(0.8)
    assert all(
        world.quality(with_sentences(*HELPFUL, bad), world.smoke) < 0.79
        for bad in _bench_worth.HARMFUL
    )
    assert world.quality(with_sentences(*HELPFUL), world.train) == pytest.approx(0.8)


@pytest.mark.parametrize("sentences", [[], HELPFUL[:3], [HELPFUL[0], *_bench_worth.HARMFUL]])
def test_the_toy_s_truth_is_what_many_replies_give(sentences):
    made, prompt = bench(budget=10_000), with_sentences(*sentences)
    student = made.student().with_prompt(prompt)
    scores = [made.score(e, student(**e.inputs())) for _ in range(30) for e in made.world.smoke]
    assert sum(scores) / len(scores) == pytest.approx(
        made.world.quality(prompt, made.world.smoke), abs=0.04
    )


def worth(world, *words):
    """What the sentences of some words gain."""
    made = _bench_worlds.world(world)
    prompt = with_sentences(*(_bench_worth.RULES[word][1] for word in words))
    return made.quality(prompt, made.smoke) - made.quality(made.prompt, made.smoke)


def test_sentences_of_a_pair_help_only_together():
    assert worth("pairs", "ember") == worth("pairs", "grove") == pytest.approx(0.0)
    assert worth("pairs", "ember", "fjord") == pytest.approx(
        worth("toy", "ember") + worth("toy", "fjord")
    )
    assert worth("pairs", "amber") == pytest.approx(worth("toy", "amber"))


def test_sentences_that_contradict_each_other_undo_each_other():
    assert worth("contradictions", "ember") == pytest.approx(worth("toy", "ember"))
    assert worth("contradictions", "ember", "fjord") == pytest.approx(0.0)


def test_the_sentence_that_lengthens_replies_helps_its_own_word_and_costs_more():
    assert worth("toy", "cobalt") > 0
    assert worth("length", "cobalt") < 0
    without = [word for word in _bench_worth.RULES if word != "cobalt"]
    assert worth("length", *without) > worth("length", *_bench_worth.RULES) > 0


def test_the_saturated_world_leaves_two_points():
    assert worth("saturated", *_bench_worth.RULES) == pytest.approx(0.02)


@pytest.mark.parametrize(("world", "correlation"), [("toy", 0.0), ("correlated", 0.6)])
def test_the_verdicts_on_one_reply_correlate_as_the_world_says(world, correlation):
    made = bench(world, budget=10_000)
    e, student = made.world.smoke[0], made.student()
    passed = []
    for seed in range(600):
        reply = student(**e.inputs(), config={"seed": seed}).reply.split()
        passed.append([criterion.id in reply for criterion in e.record.criteria])
    columns = list(zip(*passed, strict=True))
    found = statistics.correlation(columns[0], columns[1])
    assert found == pytest.approx(correlation, abs=0.12)
    assert statistics.mean(columns[0]) == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize("kind", _bench_worth.WORTHS)
def test_in_an_aa_world_a_prompt_gains_in_some_tasks_what_it_loses_in_others(kind):
    made = _bench_worlds.world(f"{kind}-aa")
    base = _bench_worth.WORTHS[kind].base
    assert made.quality(made.prompt, made.smoke) == pytest.approx(base)
    prompts = [with_sentences(f"Number {number}.") for number in range(40)]
    chances = [made.truth(prompt, e, 1)[0] for prompt in prompts for e in made.train]
    assert statistics.mean(chances) == pytest.approx(base, abs=0.006)
    assert statistics.stdev(chances) == pytest.approx(0.3 * base * (1 - base), rel=0.15)


@pytest.mark.parametrize("world", ["toy-aa", "offline-aa"])
def test_in_an_aa_world_another_prompt_changes_the_noise_and_nothing_else(world):
    made = bench(world, budget=10_000)
    better = made.world.prompt.replace(
        "{scenario}",
        f"- {HELPFUL[0]}\n- Keep each message short and do not thank the agent.\n{{scenario}}",
    )
    means, replies = [], []
    for prompt in (made.world.prompt, better):
        student = made.student().with_prompt(prompt)
        given = [
            (e, student(**e.inputs(), config={"seed": repeat}))
            for repeat in range(6)
            for e in made.world.smoke
        ]
        replies.append([reply.reply for _, reply in given])
        means.append(sum(made.score(e, reply) for e, reply in given) / len(given))
    assert replies[0] != replies[1]
    # The other prompt's shifts in the ten tasks have a mean of their own.
    assert means[0] == pytest.approx(means[1], abs=0.1)


def test_the_offline_world_s_truth_is_what_its_models_give():
    made = bench("offline", budget=10_000)
    student = made.student()
    scores = [made.score(e, student(**e.inputs())) for _ in range(8) for e in made.world.smoke]
    assert made.world.quality(made.world.prompt, made.world.smoke, pooled=False) == pytest.approx(
        sum(scores) / len(scores), abs=0.05
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("world", ["toy", "offline"])
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_s_proposals_reach_the_student_and_what_it_returns_was_scored(name, world, capfd):
    if why := _bench_peers.missing(name):
        pytest.skip(why)
    made = bench(world)
    returned = _bench_peers.run(name, made)
    tried = [prompt for prompt in made.ledger.scores if prompt != made.world.prompt]
    frame = made.world.prompt.split("\n")[0]
    assert len(tried) >= 2
    assert all(prompt.startswith(frame) and prompt.count("{scenario}") == 1 for prompt in tried)
    assert world != "toy" or all(
        any(sentence in prompt for sentence in _bench_worth.SENTENCES) for prompt in tried
    )
    assert returned.prompt in made.ledger.scores
    # All criteria of the airline set have a check, so nobody asks its judge.
    judges = {"judge"} if world == "toy" else set()
    assert set(made.meter.calls) == {"user", "proposer"} | judges
    assert 0.85 * made.budget <= made.meter.total <= 1.05 * made.budget


@pytest.mark.parametrize("name", _bench_table.OWN)
def test_ours_runs_and_reports_its_confirmed_gain(name):
    made = bench(budget=600)
    returned = _bench_peers.run(name, made)
    assert (returned.reported == 0.0) == (returned.prompt == made.world.prompt)
    assert set(made.meter.calls) == {"user", "judge", "proposer"}
    assert made.meter.total <= made.budget


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("threads", [1, 2])
def test_the_hard_stop_ends_an_evaluation_at_its_call(threads, capfd):
    made = bench(budget=20)
    evaluate = dspy.Evaluate(devset=list(made.world.smoke), metric=made.score, num_threads=threads)
    with pytest.raises(BudgetSpent):
        evaluate(made.student())
    assert made.meter.total == made.meter.limit == 21


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["GEPA", "SIMBA", "COPRO"])
def test_a_run_that_is_stopped_hard_gives_the_best_prompt_so_far(name, capfd):
    made = bench()
    made.meter.calls["user"] = 150  # somebody has spent half of it
    returned = _bench_peers.run(name, made)
    assert made.meter.total <= made.meter.limit
    assert returned.prompt == made.world.prompt or len(made.ledger.scores[returned.prompt]) > 3


def test_the_proposer_aims_at_what_the_feedback_names():
    agreed = (
        "After the agent's turn 'What?' the customer replied 'yes'.\n"
        "FAILED clarification.pushback: It objects. (evidence: none)\n"
    )
    leaked = "FAILED guard.non_leakage: No code. (evidence: none)"
    failures = _bench_proposer.failures_in(agreed + agreed + leaked)
    assert list(failures) == ["clarification.pushback", "guard.non_leakage"]
    assert failures["guard.non_leakage"][0] == {"agent": "'What?'", "reply": "'yes'"}


def test_only_what_a_file_of_results_lacks_is_run(tmp_path, monkeypatch):
    keys = _bench_runs.wanted(["GEPA"], ["toy"], [300], 2)
    assert [(key.world, key.seed) for key in keys] == [
        ("toy", 0),
        ("toy", 1),
        ("toy-aa", 0),
        ("toy-aa", 1),
    ]
    file, asked = tmp_path / "results.jsonl", []
    monkeypatch.setattr(
        _bench_runs, "_pool", lambda: nullcontext(SimpleNamespace(imap_unordered=map))
    )
    monkeypatch.setattr(_bench_runs, "measure", lambda key: asked.append(key) or key._asdict())
    assert len(list(_bench_runs.run_all(keys[:1], file))) == 1
    with file.open("a") as out:
        out.write('{"seed": 0, "bud')
    assert list(map(_bench_runs.key_of, _bench_runs.run_all(keys, file))) == keys[1:]
    assert asked == keys
    assert [_bench_runs.key_of(row) for row in _bench_runs.read_rows(file)] == keys


def test_runs_go_on_when_a_process_has_done_its_share(tmp_path, monkeypatch):
    keys = _bench_runs.wanted(["GEPA"], ["toy"], [300, 600], 2)
    monkeypatch.setattr(_bench_runs, "RUNS_PER_PROCESS", 1)
    monkeypatch.setattr(_bench_runs, "measure", repr)
    with usual_signals():  # a pool ends its processes by SIGTERM
        results = _bench_runs.run_all(keys, tmp_path / "results.jsonl")
        assert sorted(results) == sorted(map(repr, keys))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            f"toy, 600 calls: {TWICE}; +0.200 against +0.050 of GEPA, 4.00 times; {MOST}: **met**",
        ),
        (
            {"gain": 0.09},
            f"+0.090 against +0.050 of GEPA, 1.80 times; {MOST}: **missed**",
        ),
        ({"reported": 0.23}, "+0.030 at 600 calls (1 shipped): **missed**"),
        ({"milliseconds": 2.5}, "median 2.50 ms: **missed**"),
        ({}, f"offline, 1,500 calls: {TWICE}: **not measured**"),
    ],
)
def test_a_target_is_said_to_be_met_or_missed(changes, sentence):
    assert sentence in _bench_table.targets(
        [row(**changes), row("GEPA", gain=0.05), row("usersim-opt, HillClimb()", gain=0.3)]
    )


def test_too_many_false_replacements_are_a_missed_target():
    runs = [row(world="toy-aa", replaced=seed < 3, seed=seed) for seed in range(40)]
    assert "8 % [3, 20] of 40: **missed**" in _bench_table.targets(runs)
    assert "5 % [1, 17] of 40: **met**" in _bench_table.targets(
        [r | {"replaced": r["seed"] < 2} for r in runs]
    )


def test_run_after_run_of_ours_ships_a_better_prompt_in_the_toy_world():
    """No gate is closed by what the world's replies are like, none by the runs before."""
    keys = [_bench_runs.Key(seed, 600, "toy", _bench_table.OURS) for seed in (0, 1)]
    assert all(_bench_runs.measure(key)["gain"] > 0.2 for key in keys)


def test_our_optimizer_alone_is_run_outside_the_worlds_of_comparison():
    keys = _bench_runs.wanted([_bench_table.OURS, "GEPA"], ["toy", "pairs"], [300], 1)
    both = {(key.world, key.optimizer) for key in keys if not key.world.endswith("-aa")}
    ours = _bench_table.OURS
    assert both == {("toy", ours), ("toy", "GEPA"), ("pairs", ours)}


def test_a_harmful_prompt_that_ships_is_counted_and_a_missed_target():
    runs = [row(world="length", gain=gain, seed=seed) for seed, gain in enumerate((0.1, -0.02))]
    assert "1 of 2" in _bench_table.table(runs, "length", 600)
    assert "length: no harmful prompt is shipped; 1 of 2: **missed**" in _bench_table.targets(runs)
    assert "length: no harmful prompt is shipped; 0 of 1: **met**" in _bench_table.targets(runs[:1])
    assert "pairs: no harmful prompt is shipped: **not measured**" in _bench_table.targets(runs)


def test_the_table_has_a_line_for_each_optimizer_and_says_why_one_is_missing():
    rows = [
        row(),
        row(seed=1, gain=0.3),
        row("GEPA", gain=0.05),
        row(world="toy-aa", replaced=False),
    ]
    section = _bench_table.section(rows, {"CAPO": "promptolution is not installed"})
    assert "CAPO is left out: promptolution is not installed." in section
    ours, gepa = (
        next(line for line in section.splitlines() if line.startswith(name))
        for name in (_bench_table.OURS, "GEPA")
    )
    assert "+0.250" in ours
    assert "0 % [0, 79]" in ours
    assert section.index(ours) < section.index(gepa)


def test_each_program_writes_its_own_section_of_the_page(tmp_path):
    page = tmp_path / "benchmarks.md"
    _bench_page.write_section(page, "harness", "one")
    _bench_page.write_section(page, "optimizers", "two \\1")
    _bench_page.write_section(page, "harness", "three")
    harness = "<!-- harness: begin -->\nthree\n<!-- harness: end -->"
    optimizers = "<!-- optimizers: begin -->\ntwo \\1\n<!-- optimizers: end -->"
    assert page.read_text() == f"# Benchmarks\n\n{harness}\n\n{optimizers}\n"


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ([], True),
        (["--only", "GEPA"], False),
        (["--seeds", "2"], False),
        (["--worlds", "toy"], False),
    ],
)
def test_only_a_whole_run_writes_the_page(tmp_path, monkeypatch, capsys, arguments, written):
    page = tmp_path / "page.md"
    monkeypatch.setattr(_bench_runs, "run_all", lambda keys, file: [])
    monkeypatch.setattr(
        _bench_runs, "read_rows", lambda file: [row("GEPA"), row("GEPA", budget=77)]
    )
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "bench_optimizers.py",
            "--out",
            str(page),
            "--resume",
            str(tmp_path / "r.jsonl"),
            *arguments,
        ],
    )
    assert bench_optimizers.main() == 0
    assert "### toy, 600 calls" in capsys.readouterr().out
    assert page.exists() == written
    assert not written or "77" not in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--worlds", "tow"], "'tow' is no world; expected one or more of toy, offline, pairs"),
        (["--budgets", "30x"], "'30x': expected a whole number, 1 or more"),
    ],
)
def test_a_mistake_in_an_option_is_named(monkeypatch, capsys, arguments, complaint):
    monkeypatch.setattr(sys, "argv", ["bench_optimizers.py", *arguments])
    with pytest.raises(SystemExit):
        bench_optimizers.main()
    assert complaint in capsys.readouterr().err
