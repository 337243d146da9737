import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from conftest import AIRLINE, BASE_PROMPT, ROOT
from processes import run as run_command

import usersim_opt as uso
from programs import run

FIRST_FORM = ROOT / "tests" / "corpus" / "first_form"
STORY = "Your user id is ana_ng_{0}. You want to cancel reservation AB{0}CD{1}. You pay by card."
TASK = '{{"id": {0}, "user_id": "u_{0}", "instruction": "' + STORY + '"}}'


SAME_AS_A_CHILD = {
    "help": ("lint_dataset", ["--help"]),
    "a mistake in an option": ("build_dataset", ["--tasks"]),
    "a user's mistake": ("optimize", ["--prompt", "none.txt", "--out", "p.txt"]),
    "a status of its own": ("lint_dataset", [FIRST_FORM, "--strict"]),
    "a note beside what is printed": (
        "evaluate",
        ["--dataset", FIRST_FORM, "--split", "smoke", "--seeds", 1, "--prompt", "p.txt"],
    ),
}


@pytest.mark.parametrize(
    ("program", "arguments"), SAME_AS_A_CHILD.values(), ids=SAME_AS_A_CHILD.keys()
)
def test_a_program_is_in_a_process_of_its_own_what_it_is_here(tmp_path, program, arguments):
    """So the other tests start it here."""
    (tmp_path / "p.txt").write_text("Play the customer.")
    card = {"sha256": uso.Prompt("Play the customer.").sha256, "models": {"user": "openai/NAME"}}
    (tmp_path / "p.json").write_text(json.dumps(card))
    here = run(program, *arguments, cwd=tmp_path)
    path = ROOT / "programs" / f"{program}.py"
    child = run_command([sys.executable, path, *map(str, arguments)], cwd=tmp_path)
    assert (here.returncode, here.stdout) == (child.returncode, child.stdout)
    assert here.stderr == child.stderr


@pytest.fixture
def tasks_file(tmp_path):
    file = tmp_path / "tasks.json"
    file.write_text("[" + ",".join(TASK.format(i, i % 7) for i in range(50)) + "]")
    return file


def test_from_tasks_to_a_better_prompt(tmp_path, tasks_file):
    built = run(
        "build_dataset",
        "--tasks",
        tasks_file,
        "--author-lm",
        "offline/author",
        "--out",
        tmp_path / "data",
        cwd=tmp_path,
    )
    assert (built.returncode, built.stderr) == (0, "")
    assert "200 scenarios to write, 400 to 1200 author calls" in built.stdout
    assert "200 scenarios written" in built.stdout
    assert len(list((tmp_path / "data" / "scenarios").iterdir())) == 200
    models = [
        part
        for role in ("user", "judge", "proposer")
        for part in (f"--{role}-lm", f"offline/{role}")
    ]
    rest = ["--max-calls", 1500, "--seed", 6, "--run-dir", tmp_path / "run"]
    tuned = run(
        "optimize",
        "--dataset",
        tmp_path / "data",
        *models,
        *rest,
        "--out",
        tmp_path / "p.txt",
        cwd=tmp_path,
    )
    assert (tuned.returncode, tuned.stderr) == (0, "")
    assert "Accepted versions" in tuned.stdout
    assert " % interval" in tuned.stdout
    assert tuned.stdout.startswith(
        f"Run: {tmp_path / 'run'}   (after a break: the same command with --run-dir"
    )
    page = tmp_path / "run" / "report.html"
    assert tuned.stdout.endswith(f"Report: {page}\n")
    run("report", tmp_path / "run", "--out", tmp_path / "again.html", cwd=tmp_path)
    assert (tmp_path / "again.html").read_text() == page.read_text()
    compared = run(
        "evaluate",
        "--dataset",
        tmp_path / "data",
        "--split",
        "smoke",
        "--prompt",
        tmp_path / "p.txt",
        "--against",
        BASE_PROMPT,
        "--user-options",
        "temperature=0.9",
        cwd=tmp_path,
    )
    assert compared.returncode == 0
    assert (
        "p.txt was measured with offline/user and is about to run with offline/user temperature=0.9"
        in compared.stderr
    )
    assert "Gain +" in compared.stdout


def test_a_broken_task_is_named_and_the_rest_is_built(tmp_path, tasks_file):
    tasks_file.write_text(
        tasks_file.read_text().replace(
            '"instruction": "Your user id is ana_ng_3.', '"instructoin": "Your user id is ana_ng_3.'
        )
    )
    built = run("build_dataset", "--tasks", tasks_file, "--out", tmp_path / "data", cwd=tmp_path)
    assert built.returncode == 1
    assert "task 3: field 'instruction' is missing" in built.stderr
    assert "195 scenarios written" in built.stdout


def test_a_build_writes_the_types_that_are_named_and_refuses_unknown_ones(tmp_path, tasks_file):
    options = ["--tasks", tasks_file, "--out", tmp_path / "data"]
    built = run("build_dataset", *options, "--types", "agreement, corrected", cwd=tmp_path)
    assert (built.returncode, built.stderr) == (0, "")
    assert "80 scenarios written" in built.stdout
    wrong = run("build_dataset", *options, "--types", "consent", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("error: the type 'consent' is not known; expected all, or some")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--prompt", "none.txt"], "none.txt: cannot be read"),
        (["--prompt", "empty.txt"], "empty.txt: the prompt is empty"),
        (["--dataset", "nowhere"], "nowhere: no such folder"),
        (
            ["--user-lm", "offline/usr"],
            "--user-lm is 'offline/usr'; the stand-in for this role is 'offline/user'",
        ),
        (["--user-options", "temperature=hot"], "option temperature is 'hot'; expected a number"),
        (["--user-options", "num_ctx=5"], "option 'num_ctx' is unknown"),
        (["--out", "folder"], "folder: is a folder"),
        (["--out", "p.json"], "p.json: is the name of a card"),
        (["--prompt", "p.txt", "--out", "p.txt"], "--out is p.txt, a file that this command reads"),
        (["--user-lm", "qwen"], "model 'qwen': expected"),
        (
            ["--user-lm", "ollama/qwen3.6:35b", "--user-options", "api_base=127.0.0.1:9"],
            "no Ollama answers at http://127.0.0.1:9; start it with `ollama serve`",
        ),
        (["--dask", "tcp://127.0.0.1:9"], "no Dask scheduler answers at tcp://127.0.0.1:9"),
        (["--max-calls", "10"], "max_calls is 10; one round costs up to"),
        (["--run-dir", "used"], "used: holds a run already; go on with it by --resume"),
        (["--run-dir", "fresh", "--resume"], "fresh: holds no run to resume"),
        (["--run-dir", "used", "--resume"], "used/journal.jsonl:1: holds no run"),
    ],
)
def test_a_user_s_mistake_is_one_line_without_a_traceback(tmp_path, arguments, complaint):
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "used").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "used" / "journal.jsonl").write_text("x\n")
    done = run("optimize", "--out", "p.txt", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "p.txt").exists()


@pytest.mark.parametrize("host", ["localhost:abc", "http://[nonsense", "ftp://foo"])
def test_a_senseless_ollama_host_is_named_and_only_matters_for_ollama(tmp_path, monkeypatch, host):
    monkeypatch.setenv("OLLAMA_HOST", host)
    done = run("optimize", "--out", "p.txt", "--user-lm", "ollama/m", cwd=tmp_path)
    assert (done.returncode, "cannot be read" in done.stderr, "Traceback" in done.stderr) == (
        2,
        True,
        False,
    )
    offline = ["--split", "smoke", "--seeds", 1, "--prompt", BASE_PROMPT]
    assert run("evaluate", "--dataset", FIRST_FORM, *offline, cwd=tmp_path).returncode == 0


def test_a_build_without_test_scenarios_cannot_be_evaluated_on_test(tmp_path, tasks_file):
    run("build_dataset", "--tasks", tasks_file, "--out", tmp_path / "data", cwd=tmp_path)
    done = run(
        "evaluate",
        "--dataset",
        tmp_path / "data",
        "--split",
        "test",
        "--prompt",
        BASE_PROMPT,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "has no scenarios for it; expected one of train, smoke" in done.stderr
    assert "--with-test" in done.stderr


def test_options_are_read_and_named_where_they_do_not_fit(tmp_path):
    assert (
        run("optimize", "--out", "p.txt", "--user-options", "temperature", cwd=tmp_path).returncode
        == 2
    )
    done = run(
        "evaluate",
        "--dataset",
        AIRLINE,
        "--split",
        "test",
        "--prompt",
        BASE_PROMPT,
        "--user-options",
        "temperature=0.2,seed=4",
        "--seeds",
        1,
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert "pass rate" in done.stdout
    assert "offline stand-in models" in done.stdout


def test_a_judge_is_measured_from_the_command_line(tmp_path):
    asked = ["--split", "smoke", "--repeats", 0, "--save", "judge.json"]
    done = run("calibrate_judge", AIRLINE, *asked, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "false passes" in done.stdout
    assert "Figures are not corrected" in done.stdout
    assert done.stdout.endswith("Saved: judge.json\n")
    assert uso.read_judge_card(tmp_path / "judge.json").models == {"judge": "offline/judge"}


def test_a_panel_is_calibrated_and_its_agreement_told(tmp_path):
    judges = ["--panel", "offline/judge,offline/judge", "--rule", "escalate"]
    asked = ["--split", "smoke", "--repeats", 0, "--threads", 4]
    done = run("calibrate_judge", AIRLINE, *asked, *judges, cwd=tmp_path)
    assert done.returncode == 0
    assert "Judge: panel of 3, escalate" in done.stdout
    assert "Panel of 3 judges: unanimous on 100.0 %" in done.stdout
    assert "2.00 calls for each of 685 replies" in done.stdout


def test_programs_only_wire_the_library_together():
    for program in [
        *(ROOT / "usersim_opt" / "commands").glob("[a-z]*.py"),
        *(ROOT / "benchmarks").glob("[a-z]*.py"),
    ]:
        assert len(program.read_text().splitlines()) <= 120, program


def test_export_writes_the_forms_that_others_read(tmp_path, base_prompt):
    prompt = tmp_path / "p.txt"
    prompt.write_text(base_prompt.text)
    (tmp_path / "p.json").write_text(
        json.dumps(
            {"sha256": base_prompt.sha256, "models": {"user": "ollama/qwen3.6:35b temperature=0.9"}}
        )
    )
    (tmp_path / "story.txt").write_text("Your id is mia_1.\n")
    forms = ["--modelfile", "M", "--scenario", "story.txt", "--dspy", "s.json"]
    done = run("export", prompt, *forms, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert base_prompt.sha256 in done.stdout
    written = (tmp_path / "M").read_text()
    assert "FROM qwen3.6:35b\nPARAMETER temperature 0.9\nSYSTEM " in written
    assert base_prompt.fill("Your id is mia_1.") in written
    assert uso.load_dspy(tmp_path / "s.json").prompt == base_prompt


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "nothing to write"),
        (["--tau2", "g.md", "--base-model", "x"], "belong to --modelfile"),
        (["--modelfile", "M"], "name one, such as --base-model='qwen3.6:35b'"),
        (["--modelfile", "M", "--base-model", "a b"], "error: --base-model is 'a b'"),
        (
            ["--modelfile", "p.txt", "--base-model", "x"],
            "--modelfile is p.txt, a file that this command reads",
        ),
        (["--dspy", "p.json"], "--dspy is p.json, a file that this command reads"),
        (["--modelfile", "x", "--tau2", "x", "--base-model", "x"], "--tau2 is x, a file"),
        (
            ["--modelfile", "M", "--base-model", "x", "--scenario", "none.txt"],
            "none.txt: cannot be read",
        ),
    ],
)
def test_export_says_what_cannot_be_written(tmp_path, arguments, complaint):
    (tmp_path / "p.txt").write_text("Play the customer.")
    done = run("export", "p.txt", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.txt"]


def listed_commands(program):
    """The arguments of each example in the list of commands."""
    lines = (ROOT / "docs" / "commands.md").read_text().replace("\\\n", " ").splitlines()
    start = f"usersim-opt {program} "
    return [shlex.split(line, comments=True)[2:] for line in lines if line.startswith(start)]


OF_A_RUN = "runs/mine"


@pytest.mark.parametrize(
    "arguments",
    [each for each in listed_commands("export") if each[0] == OF_A_RUN],
    ids=" ".join,
)
def test_the_page_s_exports_of_a_run_do_what_they_say(tmp_path, tuned, tuned_dir, arguments):
    shutil.copytree(tuned_dir, tmp_path / OF_A_RUN)
    other = next(name for name in tuned.result.versions if name != "v000")
    done = run("export", *[other if each == "v014" else each for each in arguments], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    file = tmp_path / arguments[arguments.index("--text") + 1]
    version = other if "--version" in arguments else tuned.result.shipped.id
    assert file.read_text() == tuned.result.versions[version].text


@pytest.mark.parametrize(
    "arguments",
    [each for each in listed_commands("export") if each[0] != OF_A_RUN],
    ids=" ".join,
)
def test_the_page_s_exports_do_what_they_say(tmp_path, base_prompt, arguments):
    (tmp_path / "optimized").symlink_to(ROOT / "optimized")
    (tmp_path / "prompt.txt").write_text(base_prompt.text)
    card = {"sha256": base_prompt.sha256, "models": {"user": "ollama/qwen3.6:35b temperature=0.9"}}
    (tmp_path / "prompt.json").write_text(json.dumps(card))
    done = run("export", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    *written, digest = done.stdout.splitlines()
    assert written
    for line in written:
        assert (tmp_path / line.partition(": ")[2]).read_text()
    assert digest.startswith("sha256 of the prompt: ")


def test_the_page_exports_a_prompt_that_ships():
    assert any(arguments[0].startswith("optimized/") for arguments in listed_commands("export"))


def test_export_refuses_a_card_of_other_bytes(tmp_path):
    (tmp_path / "p.txt").write_text("Play the customer.")
    (tmp_path / "p.json").write_text(json.dumps({"sha256": "0" * 64, "models": {}}))
    done = run("export", "p.txt", "--tau2", "g.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "the prompt was changed since it was measured" in done.stderr
    assert not (tmp_path / "g.md").exists()


def test_another_temperature_than_the_measured_one_is_told(tmp_path, base_prompt):
    prompt = tmp_path / "p.txt"
    prompt.write_text(base_prompt.text)
    (tmp_path / "p.json").write_text(
        json.dumps(
            {
                "sha256": base_prompt.sha256,
                "models": {"user": "offline/user temperature=0.9 seed=1"},
            }
        )
    )
    rest = ["--split", "smoke", "--seeds", 1]
    done = run(
        "evaluate",
        "--dataset",
        AIRLINE,
        "--prompt",
        prompt,
        "--user-options",
        "temperature=0.5",
        *rest,
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert done.stderr.count("note:") == 1
    assert "temperature was 0.9, is 0.5" in done.stderr
    assert "measure it again" in done.stderr
    same = run(
        "evaluate",
        "--dataset",
        AIRLINE,
        "--prompt",
        prompt,
        "--user-options",
        "temperature=0.9,seed=2",
        *rest,
        cwd=tmp_path,
    )
    assert (same.returncode, same.stderr) == (0, "")


@pytest.mark.usefixtures("tuned")
def test_the_page_of_a_run_is_written_and_a_folder_without_one_refused_in_one_line(
    tuned_dir, tmp_path
):
    folder = shutil.copytree(tuned_dir, tmp_path / "run")
    whole = run("report", folder, cwd=tmp_path)
    wanted = f"Report: {folder / 'report.html'}\n"
    assert (whole.returncode, whole.stderr, whole.stdout) == (0, "", wanted)
    assert "Shipped" in (folder / "report.html").read_text()
    log = folder / "journal.jsonl"
    log.write_bytes(log.read_bytes()[:-9])
    torn = run("report", folder, cwd=tmp_path)
    assert torn.stdout.startswith("left out: the last line was cut off")
    none = run("report", tmp_path, cwd=tmp_path)
    assert (none.returncode, none.stdout) == (2, "")
    assert none.stderr.startswith(f"error: {tmp_path}: holds no run")
    assert none.stderr.count("\n") == 1


def test_a_draft_is_put_through_the_gates(tmp_path, base_prompt):
    (tmp_path / "draft.txt").write_text(
        base_prompt.text.replace(
            "\n\n<scenario>",
            "\n- Always thank the agent, and write long detailed messages.\n\n<scenario>",
        )
    )
    (tmp_path / "base.txt").write_text(base_prompt.text)
    options = ["--prompt", "base.txt", "--dataset", AIRLINE, "--out", "out.txt", "--max-calls", 700]
    done = run("consider", "draft.txt", *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"improvement  (?:yes|no): ", done.stdout)
    assert "Shipped: the seed prompt, not v001" in done.stdout
    assert (tmp_path / "out.txt").read_text() == base_prompt.text
    missing = run("consider", "none.txt", *options, cwd=tmp_path)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


def test_an_ablation_prints_what_pieces_are_worth_and_writes_the_short_prompt(
    tmp_path, base_prompt
):
    (tmp_path / "p.txt").write_text(base_prompt.text)
    options = ["--dataset", AIRLINE, "--out", "short.txt", "--run-dir", "run", "--max-calls", 500]
    done = run("ablate", "p.txt", *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "offline stand-in models" in done.stdout
    assert "###STOP###" in (tmp_path / "short.txt").read_text()
    few = run("ablate", "p.txt", *options[:-1], 20, cwd=tmp_path)
    assert (few.returncode, few.stdout) == (2, "")
    assert few.stderr.startswith("error: ")


@pytest.mark.parametrize("flags", [["-u"], []], ids=["line by line", "at the end"])
@pytest.mark.parametrize("argument", [str(FIRST_FORM), "--help"], ids=["a program", "its help"])
def test_a_reader_who_has_seen_enough_is_no_error(flags, argument):
    program = [sys.executable, *flags, str(ROOT / "programs" / "lint_dataset.py"), argument]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = f"{shlex.join(program)} | head -n 0"  # head is gone before the program writes
    done = run_command(command, shell=True, check=True, cwd=ROOT, env=environment)
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_disk_that_is_full_is_one_line_without_a_traceback():
    program = [sys.executable, str(ROOT / "programs" / "lint_dataset.py"), str(FIRST_FORM)]
    done = run_command(f"{shlex.join(program)} > /dev/full", shell=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (2, "error: a file: No space left on device\n")


def lint(*options):
    """On a data set of the first form, which gets advice."""
    return run("lint_dataset", FIRST_FORM, *options, cwd=ROOT)


def test_the_linter_s_advice_fails_a_data_set_only_where_it_is_to_count():
    plain, strict = lint(), lint("--strict")
    assert (plain.returncode, strict.returncode) == (0, 1)
    assert plain.stdout.startswith("0 faults, ")
    assert "pieces of advice" in plain.stdout
    assert "--strict lets it count" in plain.stdout
    assert "\n\nTrain and smoke: 4 tasks" in plain.stdout


def test_one_kind_of_findings_is_listed_by_its_name():
    listed = lint("--kind", "blame_as_score")
    assert listed.returncode == 0
    *lines, empty, last = listed.stdout.splitlines()
    assert (empty, last) == ("", f"0 faults, {len(lines)} pieces of advice")
    assert all(line.startswith("scenarios/") for line in lines)
    assert lines[0] in lint("--all").stdout
    unknown = lint("--kind", "blame")
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_an_observed_stand_in_of_another_role_is_refused(tmp_path, tasks_file):
    options = ["--tasks", tasks_file, "--out", tmp_path / "data", "--observe", "offline/judge"]
    done = run("build_dataset", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: --observe is 'offline/judge'; the stand-in for this role")


def test_rubrics_are_built_against_observed_replies(tmp_path):
    tasks = tmp_path / "tasks.json"
    tasks.write_text("[" + ",".join(TASK.format(i, i) for i in range(5)) + "]")
    options = ["--tasks", tasks, "--out", tmp_path / "data", "--smoke", 1]
    done = run("build_dataset", *options, "--observe", "offline/user", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "40 to 120 author calls, 40 to 120 user calls" in done.stdout
    assert "20 scenarios written" in done.stdout
    assert "40 user calls" in done.stdout
