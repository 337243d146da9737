"""What is each criterion worth as a measuring instrument? The item analysis of a rubric.

    analysis = uso.item_analysis({"base": base, "calibrated": calibrated})
    print(analysis.summary)
    analysis.with_advice("rewrite")

It costs no call: it reads the verdicts that evaluations and runs already hold. A column a file:

    shares.py         how often each version and people pass        shrinkage.py  drawn together
    gains.py          D, what people or the best version do better
    correlation.py    with the rest of the rubric, and with a preference (preferences.py)
    choices.py        how often the rubric prefers the reply of a pair that somebody chose
    implication.py    criteria that say the same
    flips.py          a judge that does not agree with itself
    robots.py         floors, and with evidence.py who was ever seen to fail an item
    information.py    bits per verdict
    ceiling.py        what is left to gain, and whether to start a run
    flags.py          what is wrong by the thresholds of items.yaml; advice.py: what to do

Not covered: item response models with a slope per item, which a dozen respondents cannot carry;
whether a criterion asks for the right thing at all, which people's replies response.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.items import ceiling
from usersim_opt.measuring.items.advice import advise
from usersim_opt.measuring.items.choices import choices_of
from usersim_opt.measuring.items.correlation import with_rest, with_values
from usersim_opt.measuring.items.evidence import failed_by
from usersim_opt.measuring.items.flags import flags_of, saturated
from usersim_opt.measuring.items.flips import JudgedTwice, stayed
from usersim_opt.measuring.items.gains import counted_gain, gain
from usersim_opt.measuring.items.implication import Ties, ties
from usersim_opt.measuring.items.information import information, weights
from usersim_opt.measuring.items.notes import empty_columns
from usersim_opt.measuring.items.preferences import Preferences, by_dimension, preferences_of
from usersim_opt.measuring.items.records import Item, Reply, Respondent, Share
from usersim_opt.measuring.items.responses import PEOPLE, Key, Response, Responses, responses_of
from usersim_opt.measuring.items.robots import ROBOTS, robot_verdicts
from usersim_opt.measuring.items.shares import Shares
from usersim_opt.measuring.items.shown import ItemAnalysis
from usersim_opt.measuring.items.thresholds import THRESHOLDS
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.scenarios.dataset import SPLITS, Dataset
from usersim_opt.scenarios.records import Criterion, Scenario

MOST_REPLIES = 5
"""Replies of each kind that are kept beside an item to rewrite."""


@checks_arguments
def item_analysis(
    evaluations: Any,
    *,
    people: Any = None,
    preferences: Iterable[Any] | None = None,
    twice: JudgedTwice | None = None,
    data: Dataset | None = None,
) -> ItemAnalysis:
    """Figures, flags and advice for every criterion of the scenarios that were answered.

    `evaluations` is a mapping of name to evaluation, the seed's first; or a list of them, or one. A
    run's record or result will do in the place of an evaluation: each of its versions is a
    respondent. `people` is an evaluation of people's replies (see grade_replies), `preferences` are
    records of which reply somebody preferred or how high it was scored (see preferences.py),
    `twice` is what `judge_twice` gave. The splits are those of `data`, or else a run's.

    What cannot be used is left out and named in the notes, and so is why a column is empty. Raises
    InputError for arguments that are no such things.
    """
    responses = responses_of(evaluations, people)
    records = list(preferences or ())
    preferred = preferences_of(records, responses)
    sheet = _Sheet(responses, preferred, twice)
    splits = _splits(responses, data)
    items = [sheet.item(*each, splits.get(each[0].id, "")) for each in responses.criteria]
    advised = _advised(items, responses)
    rows = ceiling.headroom_rows(responses.outcomes[sheet.shares.seed], responses.scenarios, splits)
    start = ceiling.start(advised, rows)
    return ItemAnalysis(
        items=advised,
        respondents=_respondents(responses, sheet),
        headroom=rows,
        weights=weights((item.dimension, item.information) for item in advised),
        preference=by_dimension(preferred, responses),
        choices=choices_of(records, responses),
        notes=[
            *responses.notes,
            *preferred.notes,
            *empty_columns(advised, responses, sheet.shares),
        ],
        offline=responses.offline,
        start=start.advised,
        start_why=start.why,
    )


class _Sheet:
    """Everything that the columns of an item are read from."""

    def __init__(
        self, responses: Responses, preferred: Preferences, twice: JudgedTwice | None
    ) -> None:
        self.responses = responses
        self.shares = Shares(responses)
        self.robots = {name: robot_verdicts(each) for name, each in responses.scenarios.items()}
        self._preferred = preferred
        self._replies = responses.by_scenario()
        self._ties = {name: self._ties_of(each) for name, each in responses.scenarios.items()}
        self._stayed = stayed(responses, twice)
        self._judge = self.shares.model(self._stayed)

    def item(self, scenario: Scenario, criterion: Criterion, split: str) -> Item:
        """The item with its figures, and without flags and advice."""
        key = (scenario.id, criterion.id)
        item = Item(
            scenario=scenario.id,
            criterion=criterion.id,
            dimension=criterion.dimension,
            text=criterion.text,
            role=criterion.role,
            decided_by=self._decided_by(criterion, key),
            split=split,
            shares=self._shares_of(key),
            weakest_version=self.shares.weakest(key),
            weakest=self.shares.share(self.shares.weakest(key), key),
            doubt=self.shares.doubt(key, THRESHOLDS.saturated.above),
            people=self.shares.share(PEOPLE, key),
            robots=self._robots_of(key),
            flips=self._flips(key),
        )
        return self._with_gain(self._with_ties(self._with_correlations(item)))

    def _decided_by(self, criterion: Criterion, key: Key) -> Literal["check", "judge", "nobody"]:
        if criterion.check is not None:
            return "check"
        return "judge" if key in self.responses.judged else "nobody"

    def _shares_of(self, key: Key) -> dict[str, Share]:
        found = {name: self.shares.share(name, key) for name in self.responses.versions}
        return {name: share for name, share in found.items() if share}

    def _robots_of(self, key: Key) -> dict[str, bool]:
        scenario, criterion = key
        of_scenario = self.robots[scenario]
        return {
            name: of_scenario[name][criterion] for name in ROBOTS if criterion in of_scenario[name]
        }

    def _flips(self, key: Key) -> Share | None:
        pair = self._stayed.get(key)
        return self._judge.share(self.shares.dimensions[key], *pair) if pair else None

    def _ties_of(self, scenario: Scenario) -> Ties:
        names = [criterion.id for criterion in scenario.criteria]
        return ties(names, self._replies.get(scenario.id, []))

    def _with_correlations(self, item: Item) -> Item:
        replies = self._replies.get(item.scenario, [])
        values = self._preferred.values.get(item.scenario, {})
        rest, rest_replies = with_rest(item.criterion, replies)
        liked, liked_replies = with_values(item.criterion, replies, values)
        return replace(
            item,
            rest=rest if _enough(rest_replies) else None,
            rest_replies=rest_replies,
            preference=liked if _enough(liked_replies) else None,
            preference_replies=liked_replies,
        )

    def _with_ties(self, item: Item) -> Item:
        found, name = self._ties[item.scenario], item.criterion
        scenario = self.responses.scenarios[item.scenario]
        replies = self._replies.get(item.scenario, [])
        return replace(
            item,
            implies=tuple(found.implies.get(name, ())),
            implied_by=tuple(found.implied_by.get(name, ())),
            twins=tuple(found.twins.get(name, ())),
            failed_by=failed_by(name, replies, item.robots, scenario.examples),
        )

    def _with_gain(self, item: Item) -> Item:
        against = next(
            (n for n in (PEOPLE, self.shares.best) if self.shares.chance(n, item.key)), ""
        )
        upper = self.shares.chance(against, item.key)
        lower = self.shares.chance(self.shares.seed, item.key)
        if upper is None or lower is None:
            return item
        return replace(
            item,
            against=against,
            discrimination=gain(upper, lower),
            counted=self._counted(against, item.key),
            information=information(upper.mean, lower.mean),
        )

    def _counted(self, against: str, key: Key) -> Interval | None:
        upper, lower = self.shares.share(against, key), self.shares.share(self.shares.seed, key)
        return counted_gain(upper, lower) if upper and lower else None


def _enough(replies: int) -> bool:
    return replies >= THRESHOLDS.correlation.replies


# -- what needs all items --------------------------------------------------------------------------


def _advised(items: Sequence[Item], responses: Responses) -> list[Item]:
    """The items with their flags, advice, and the replies that help to rewrite them."""
    named = saturated(items)
    replies = responses.by_scenario()
    before = _before(responses)
    advised = []
    for item in items:
        flagged = replace(item, flags=flags_of(item, is_saturated=item.key in named))
        advice, why = advise(flagged, before=before[item.key])
        done = replace(flagged, advice=advice, why=why)
        scenario = responses.scenarios[item.scenario]
        advised.append(_with_replies(done, replies.get(item.scenario, []), scenario))
    return advised


def _before(responses: Responses) -> dict[Key, frozenset[str]]:
    """The criteria that stand above each one in its rubric."""
    return {
        (scenario.id, criterion.id): frozenset(c.id for c in scenario.criteria[:number])
        for scenario in responses.scenarios.values()
        for number, criterion in enumerate(scenario.criteria)
    }


def _with_replies(item: Item, replies: Sequence[Response], scenario: Scenario) -> Item:
    """With what a rewritten criterion has to catch and to let pass."""
    if item.advice != "rewrite":
        return item
    passing = [each for each in replies if each.passed.get(item.criterion)]
    versions = [each for each in passing if each.respondent != PEOPLE]
    versions.sort(key=lambda each: each.respondent != item.weakest_version)
    wanted = _few([Reply(PEOPLE, each.reply) for each in replies if each.respondent == PEOPLE])
    natural = [Reply("natural example", reply) for reply in scenario.examples.natural]
    caught = _few([Reply(each.respondent, each.reply) for each in versions])
    return replace(item, passing=caught, wanted=wanted or _few(natural))


def _few(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """The first replies of different texts."""
    texts: dict[str, Reply] = {}
    for reply in replies:
        texts.setdefault(reply.text, reply)
    return tuple(texts.values())[:MOST_REPLIES]


def _splits(responses: Responses, data: Dataset | None) -> dict[str, str]:
    """The split of each scenario: by the data set, else by the stages of a run, else unknown."""
    if data is not None:
        by_task = {task: split for split in SPLITS for task in data.splits[split]}
        return {
            name: by_task[scenario.task_id]
            for name, scenario in responses.scenarios.items()
            if scenario.task_id in by_task
        }
    outcomes = [each for group in responses.outcomes.values() for each in group]
    smoke = {outcome.scenario for outcome in outcomes if outcome.stage == SMOKE}
    return {name: SMOKE if name in smoke else "train" for name in responses.scenarios if smoke}


def _respondents(responses: Responses, sheet: _Sheet) -> list[Respondent]:
    """Versions, then people, then robots."""
    replies = Counter(response.respondent for response in responses.replies)
    found = [
        Respondent(name, "version", replies[name], *sheet.shares.total(name))
        for name in responses.versions
    ]
    if replies[PEOPLE]:
        total = sheet.shares.total(PEOPLE)
        found.append(Respondent(PEOPLE, "people", replies[PEOPLE], *total))
    return found + [_robot(name, responses, sheet.robots) for name in ROBOTS]


def _robot(
    name: str, responses: Responses, robots: Mapping[str, Mapping[str, Mapping[str, bool]]]
) -> Respondent:
    """What a robot scores on the items that code decides and that score."""
    passed = [
        robots[scenario.id][name][criterion.id]
        for scenario, criterion in responses.criteria
        if criterion.scores and criterion.id in robots[scenario.id][name]
    ]
    return Respondent(name, "robot", len(responses.scenarios), sum(passed), len(passed))
