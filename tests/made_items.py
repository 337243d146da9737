"""An item analysis made by hand, so that views can be held to known figures."""

from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.items.records import (
    Headroom,
    Item,
    Reply,
    Respondent,
    Share,
)
from usersim_opt.measuring.items.shown import ItemAnalysis

RESPONDENTS = (
    Respondent("base", "version", 4, 7, 8),
    Respondent("tuned", "version", 4, 8, 8),
    Respondent("people", "people", 2, 3, 4),
    Respondent("ok", "robot", 2, 1, 4),
)
HEADROOM = (
    Headroom("all", "all", 3, Share(7, 8), 0.125, 0.3),
    Headroom("all", "smoke", 1, Share(4, 4), 0.0, 0.1, decides=True, detectable=0.08),
    Headroom("clarification.pushback", "all", 1, Share(3, 4), 0.25, 0.5),
    Headroom("clarification.pushback", "smoke", 1, Share(3, 4), 0.25, 0.5),
)


def item(criterion, **changes):
    """An item that passes everywhere; `changes` replace its fields."""
    fields = {
        "scenario": "001.3",
        "criterion": criterion,
        "dimension": "clarification.pushback",
        "text": f"The reply keeps {criterion}.",
        "role": "score",
        "decided_by": "check",
        "split": "smoke",
        "shares": {"base": Share(4, 4, 0.97, 0.9, 1.0), "tuned": Share(4, 4, 0.98, 0.93, 1.0)},
    }
    return Item(**{**fields, **changes})


ITEMS = (
    item("fine"),
    item(
        "turned",
        shares={"base": Share(3, 4, 0.75, 0.5, 0.9), "tuned": Share(1, 4, 0.25, 0.1, 0.5)},
        people=Share(1, 2),
        discrimination=Interval(-0.5, -0.8, -0.1),
        against="tuned",
        rest=-0.25,
        preference=0.5,
        flips=Share(9, 10),
        information=0.125,
        implied_by=("fine",),
        failed_by=("base", "tuned", "people"),
        flags=("unfair", "wrong sign"),
        advice="drop",
        why="Those who play better fail it more often.",
        passing=(Reply("base", "Yes, please go ahead. <b>"),),
        wanted=(Reply("people", "no, the outbound"), Reply("people", "wait")),
    ),
    item("spent", scenario="002.1", flags=("saturated",), advice="guard", role="guard"),
)


def analysis(**changes):
    """An analysis of three items; `changes` replace its fields."""
    fields = {
        "items": ITEMS,
        "respondents": RESPONDENTS,
        "headroom": HEADROOM,
        "preference": {"all": 0.25},
        "weights": {"clarification.pushback": 1.0},
        "notes": ("preference: nobody gave one",),
        "start": False,
        "start_why": "Do not start a run: at most 12.5 points are left and none can be proven.",
    }
    return ItemAnalysis(**{**fields, **changes})
