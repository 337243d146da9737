import numpy as np
import pytest

from usersim_opt.realism.coverage import hull
from usersim_opt.realism.coverage.hull import hull_volume, why_missing

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.5, 0.5]])


def test_no_more_points_than_dimensions_have_no_volume():
    assert hull_volume(SQUARE[:2]) == 0


def test_points_on_a_line_have_no_volume():
    assert hull_volume(np.array([[0.1, 0.1], [0.2, 0.2], [0.9, 0.9]])) == 0


def test_in_one_dimension_it_is_the_range():
    assert hull_volume(np.array([[0.2], [0.7], [0.3]])) == pytest.approx(0.5)


def test_the_volume_of_a_square():
    pytest.importorskip("scipy")
    assert hull_volume(SQUARE) == pytest.approx(1)


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setattr(hull, "_hull_class", lambda: None)
    assert hull_volume(SQUARE) is None
    assert "pip install 'scipy>=1.15'" in why_missing(2)
    assert "more than 8 dimensions" in why_missing(9)
    assert hull_volume(np.random.default_rng(0).random((20, 9))) is None
