from usersim_opt.measuring.outcome import Grade, Verdict


def test_unscored_is_never_a_fail():
    verdicts = [
        Verdict(criterion=c, outcome=o, evidence="", source="judge")
        for c, o in (("a", "pass"), ("b", "unscored"))
    ]
    assert Grade(scenario="001.1", verdicts=tuple(verdicts)).pass_rate == 1.0
    assert Grade(scenario="001.1", verdicts=(verdicts[1],)).pass_rate is None
