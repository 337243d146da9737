"""The wheel alone, in an empty folder: unpacked, as there is no network to install from."""

import os
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT
from processes import run

MOST_BYTES = 2_500_000
"""The wheel is 1.5 MB; what nobody needs would show."""

pytestmark = pytest.mark.skipif(
    find_spec("hatchling") is None, reason="builds the wheel: pip install hatchling"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run(command, check=True, cwd=ROOT)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def in_an_empty_folder(unpacked, tmp_path, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    return run([sys.executable, *arguments], check=True, cwd=tmp_path, env=environment)


def test_it_holds_the_data_the_prompts_and_the_command_and_nothing_big(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (points,) = [name for name in names if name.endswith("entry_points.txt")]
        assert (
            "usersim-opt = usersim_opt.commands.entry.start:main" in archive.read(points).decode()
        )
    assert wheel.stat().st_size < MOST_BYTES
    data = [name for name in names if name.startswith("usersim_opt/shipped/datasets/airline/")]
    assert sum("/scenarios/" in name for name in data) == 370
    assert not [name for name in names if name.endswith((".jsonl", ".ipynb", ".png"))]
    assert {
        f"usersim_opt/shipped/prompts/{name}.txt" for name in ("base", "brief", "calibrated")
    } <= {*names}
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "programs"))]


def test_names_of_the_package_are_found_without_a_checkout(unpacked, tmp_path):
    code = (
        "import usersim_opt as uso; data = uso.load_dataset('airline');"
        "print(uso.__file__, data, len(uso.read_prompt('calibrated').pieces), sep='\\n')"
    )
    file, data, pieces = in_an_empty_folder(unpacked, tmp_path, "-c", code).stdout.splitlines()
    assert file.startswith(str(unpacked))
    assert data == "<Dataset: 50 tasks, 370 scenarios; 222 train, 74 smoke, 74 test>"
    assert int(pieces) > 20


def test_its_command_finds_what_it_lays_out(unpacked, tmp_path):
    said = in_an_empty_folder(unpacked, tmp_path, "-m", "usersim_opt", "init", "shop").stdout
    assert said.startswith(f"Written: {Path('shop') / 'README.md'}\n")
    assert len(list((tmp_path / "shop").iterdir())) == 3
