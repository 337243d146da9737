"""`.ci/pythons`: a part of the tests under each newer Python that is here."""

import shutil
from pathlib import Path

from processes import run

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "pythons"


def test_a_python_that_is_not_here_or_will_not_run_is_named_and_fails_nothing(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "dirname").symlink_to(shutil.which("dirname"))
    refusing = programs / "python3.12"
    refusing.write_text(f"#!{shutil.which('sh')}\nexit 127\n")
    refusing.chmod(0o755)
    env = {"PATH": str(programs), "PYENV_ROOT": str(tmp_path)}
    done = run([shutil.which("bash"), str(SCRIPT)], env=env)
    assert done.returncode == 0
    missing = ("3.12", "3.13", "3.14")
    said = [f"Python {version} is not here: no test ran under it" for version in missing]
    assert done.stderr.splitlines() == said
