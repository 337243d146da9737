"""An item analysis as rows, as CSV and as JSON; a file is written whole or not at all."""

import csv
import json

import pandas as pd
import pytest
from made_items import ITEMS, analysis, item

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.records import Share
from usersim_opt.measuring.items.rows import columns


def test_a_row_has_every_figure_of_its_item():
    frame = analysis().to_pandas()
    assert list(frame.columns) == list(columns(analysis()))
    row = frame.set_index("criterion").loc["turned"]
    assert (row["base rate"], row["base verdicts"], row["tuned low"]) == (0.75, 4, 0.1)
    assert (row["people rate"], row["people verdicts"]) == (0.5, 2)
    assert (row["discrimination"], row["discrimination_low"], row["against"]) == (
        -0.5,
        -0.8,
        "tuned",
    )
    assert (row["judged_twice"], row["judged_the_same"]) == (10, 9)
    assert (row["flags"], row["advice"], row["failed_by"]) == (
        "unfair, wrong sign",
        "drop",
        "base, tuned, people",
    )


def test_what_is_not_known_is_empty():
    row = analysis().to_pandas().set_index("criterion").loc["fine"]
    assert pd.isna(row["people rate"])
    assert pd.isna(row["discrimination"])


def test_an_analysis_without_items_has_its_columns():
    assert list(analysis(items=()).to_pandas().columns) == list(columns(analysis()))


def test_a_csv_file_holds_the_same_rows_whatever_the_texts_hold(tmp_path):
    text = 'a "quoted", text\nwith a line \u2028 and = signs'
    odd = analysis(items=(*ITEMS, item("odd", text=text)))
    file = odd.to_csv(tmp_path / "new" / "items.csv")
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["criterion"] for row in rows] == ["fine", "turned", "spent", "odd"]
    assert rows[3]["text"] == text
    assert rows[1]["base rate"] == "0.75"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_a_csv_file_is_run_by_a_spreadsheet(tmp_path, sign):
    text = f"{sign}cmd|' /C calc'!A0"
    file = analysis(items=(item("odd", text=text),)).to_csv(tmp_path / "items.csv")
    with file.open(newline="", encoding="utf-8") as opened:
        (row,) = csv.DictReader(opened)
    assert row["text"] == f"'{text}"


def test_a_json_file_holds_everything_replies_included(tmp_path):
    data = json.loads(analysis().to_json(tmp_path / "items.json").read_text())
    assert data["format"] == "usersim-opt item analysis"
    assert data["summary"] == analysis().summary
    turned = data["items"][1]
    assert turned["shares"]["base"] == {
        "passed": 3, "scored": 4, "shrunk": 0.75, "low": 0.5, "high": 0.9,
    }  # fmt: skip
    assert turned["wanted"][0] == {"respondent": "people", "text": "no, the outbound"}
    assert data["headroom"][1]["detectable"] == 0.08
    assert data["start"] is False


def test_a_figure_that_is_none_leaves_the_old_file_as_it_was(tmp_path):
    file = analysis().to_json(tmp_path / "items.json")
    before = file.read_text()
    broken = analysis(items=(item("odd", shares={"base": Share(1, 1, float("nan"))}),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        broken.to_json(file)
    assert file.read_text() == before
    assert [each.name for each in tmp_path.iterdir()] == ["items.json"]


@pytest.mark.parametrize("write", ["to_csv", "to_json", "to_html"])
def test_a_folder_is_no_file(tmp_path, write):
    with pytest.raises(InputError, match="is a folder"):
        getattr(analysis(), write)(tmp_path)
