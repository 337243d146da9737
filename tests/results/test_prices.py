import argparse
import json

import pytest
from journals import read_events, write_events

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.values import prices as prices_option
from usersim_opt.results.prices import (
    Price,
    check_prices,
    known_price,
    money,
    prices_of,
    read_prices,
    write_prices,
)

GIVEN = Price(read=1.0, written=4.0, source="given")


def test_money_is_the_price_of_what_was_read_and_of_what_was_written():
    spent = money({"user": 1_500_000}, {"user": 500_000}, {"user": GIVEN})
    assert spent.total == pytest.approx(1.0 + 2.0)
    assert str(spent) == "$3.00"


def test_a_role_without_a_price_is_named_and_is_no_zero():
    tokens, written = {"user": 1_000_000, "judge": 10, "proposer": 0}, {"user": 0, "judge": 5}
    spent = money(tokens, written, {"user": GIVEN})
    assert str(spent) == "$1.00, without judge (price not known)"
    assert str(money(tokens, written, {})) == "price not known"


def test_tokens_that_are_not_told_apart_have_no_money():
    assert money({"user": 100}, {}, {"user": GIVEN}).unknown == ("user",)


def test_less_than_a_cent_is_no_zero():
    assert str(money({"user": 100}, {"user": 0}, {"user": GIVEN})) == "less than $0.01"


def test_prices_of_known_models_come_from_the_map_on_the_disk():
    price = known_price("openai/gpt-4o-mini temperature=0.9")
    assert price.source == "litellm"
    assert 0 < price.read < price.written
    assert known_price("nobody/gpt-4o-mini") is None
    assert known_price("ollama/a-model-of-ones-own") is None
    assert known_price("offline/user").source == "stand-in"


def test_a_given_price_goes_before_a_known_one_and_a_mixed_panel_has_none():
    models = {"user": "offline/user", "judge.1": "offline/judge", "judge.2": "ollama/mine"}
    found = prices_of(models, {"user": (1, 4)})
    assert found == {"user": GIVEN}


def test_a_price_for_a_role_that_is_none_is_refused():
    with pytest.raises(InputError, match="'usr', which is no role here; expected judge, user"):
        prices_of({"user": "offline/user", "judge": "offline/judge"}, {"usr": (1, 4)})


@pytest.mark.parametrize("given", ["user", {"user": 1}, {"user": (1, -1)}, {1: (1, 2)}])
def test_prices_that_are_none_are_refused_with_an_example(given):
    with pytest.raises(InputError, match=r"expected dollars per million tokens .*\(0.15, 0.6\)"):
        check_prices(given)


def test_prices_stand_in_the_run_folder_and_stay_on_resuming(tmp_path):
    inputs = {"model.user": "ollama/mine", "seed": 3}
    write_prices(tmp_path, inputs, {"user": (1, 4)})
    write_prices(tmp_path, inputs, None)
    problems = []
    assert read_prices(tmp_path, problems) == {"user": GIVEN}
    (tmp_path / "prices.json").write_text(json.dumps({"user": {"read": -1}}))
    assert read_prices(tmp_path, problems) == {}
    assert problems[0].startswith("prices.json: not readable")


def test_the_option_has_a_pair_for_each_role():
    assert prices_option("user=0.15/0.6,judge=2.5/10") == {"user": (0.15, 0.6), "judge": (2.5, 10)}
    for wrong in ("user", "user=1", "user=1/x", "user=1/-2"):
        with pytest.raises(argparse.ArgumentTypeError, match="such as user=0.15/0.6"):
            prices_option(wrong)


def test_a_run_tells_read_and_written_by_role_everywhere(small_run):
    written, tokens = small_run.written, small_run.tokens
    assert set(written) >= {"user", "proposer"}
    assert all(0 < written[role] < tokens[role] for role in ("user", "proposer"))
    assert f"user {tokens['user'] - written['user']:,} read" in str(small_run)
    assert small_run.money.total == 0
    assert small_run.record.prices["user"].source == "stand-in"


def test_lines_that_do_not_tell_what_was_written_leave_their_role_out(small_run, tmp_path):
    events = read_events(small_run.run_dir)
    first = next(event for event in events if event["event"] == "outcome")
    del first["written"]
    write_events(tmp_path, events)
    record = uso.read_record(tmp_path)
    assert "user" not in record.written
    assert "proposer" in record.written
    assert record.tokens == small_run.tokens
