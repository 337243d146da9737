import sys

from conftest import ROOT
from processes import run


def test_a_large_loss_is_found_and_the_section_is_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Benchmarks\n")
    program = ROOT / "benchmarks" / "measure_guard_losses.py"
    done = run([sys.executable, program, "--runs", "5", "--out", page])
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [row[4] for row in rows if row[:3] == ["50", "3", "30"]] == ["5/5"]
    assert [row[2] for row in rows if row[:2] == ["10", "1"]] == ["0", "5", "10", "15", "30"]
    told = page.read_text()
    assert told.startswith("# Benchmarks\n\n<!-- guard losses: begin -->\n## Guards")
    assert done.stdout.strip() in told
