"""The limits of items.yaml."""

import pytest

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.items.thresholds import THRESHOLDS, Thresholds


def test_the_file_is_read_whole():
    assert THRESHOLDS.saturated.above == 0.95
    assert "{point}" in THRESHOLDS.robots.helpful.each


def test_a_misspelt_or_impossible_limit_is_named():
    data = THRESHOLDS.model_dump()
    with pytest.raises(DatasetError, match="unfair.below"):
        parse(data | {"unfair": {"below": 90.0}}, Thresholds, where="items.yaml")
    with pytest.raises(DatasetError, match="unfare"):
        parse(data | {"unfare": {"below": 0.9}}, Thresholds, where="items.yaml")
