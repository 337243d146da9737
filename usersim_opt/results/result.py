"""What a run returns: verdict, versions with lineage, decisions with evidence, tables.

The gain is estimated on the smoke split alone. The search's own figures chose the winner, so they
are too high and are nowhere reported as results.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.figures import OFFLINE_NOTE, percent, points
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import details, grid, text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.measuring.comparison import (
    comparison_table,
    gain_lines_of,
    guard_sides,
    missing_lines,
    sides_html,
)
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.guard_tables import GuardSides
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.measuring.views import offline_html, tallies_html
from usersim_opt.results.prices import Money, read_and_written
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.rules import (
    COLLAPSE,
    GUARD_LOSS,
    RULES,
    TERM_LOSS,
)
from usersim_opt.results.settling import to_settle
from usersim_opt.results.standings import Standings, Table, text_table
from usersim_opt.results.tally import stays, tally
from usersim_opt.results.term_tables import TermTable, term_table
from usersim_opt.results.version_rows import VERSION_COLUMNS, version_rows
from usersim_opt.results.versions import (
    Decisions,
    Version,
    Versions,
    decisions_html,
    version_html,
)

if TYPE_CHECKING:
    import pandas as pd

STOPPED = "Stopped before the search, which could prove nothing here. The seed prompt stays."


@dataclass(frozen=True, repr=False)
class OptimizationResult:
    """The outcome of a finished run, as its record tells it.

    `shipped` is the version whose prompt the returned simulator runs.
    """

    record: RunRecord

    @cached_property
    def reading(self) -> Reading:
        """The answers that every view of the run gets."""
        return Reading(self.record)

    @property
    def versions(self) -> Versions:
        """Every prompt of the run by its id, in the order in which they were made."""
        return self.record.versions

    @property
    def decisions(self) -> Decisions:
        """Every ruling, in order."""
        return self.record.decisions

    @property
    def seed(self) -> Version:
        """The version that the run started from."""
        return _present(self.reading.seed, self.record)

    @property
    def finalist(self) -> Version:
        """The version that faced the seed on the smoke split; the seed where nothing was better."""
        return _present(self.reading.finalist, self.record)

    @property
    def shipped(self) -> Version:
        """The finalist if its gain was proven on the smoke split, else the seed."""
        return _present(self.reading.shipped, self.record)

    @cached_property
    def base_smoke(self) -> Evaluation:
        """The seed on the smoke split."""
        return self.reading.evaluation(self.seed)

    @cached_property
    def best_smoke(self) -> Evaluation:
        """The finalist on the smoke split."""
        return self.reading.evaluation(self.finalist)

    def on_train(self, version: Version) -> Evaluation:
        """A version on the training scenarios that it was run on: to read what it fails.

        The search chose its versions by these replies, so the figures are too high.
        """
        return self.reading.on_train(version)

    @property
    def confirmation(self) -> PairedDifference:
        """Finalist minus seed on the smoke split, both run afresh."""
        return self.reading.gain

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls by role."""
        return self.record.calls

    @property
    def tokens(self) -> Mapping[str, int]:
        """Tokens read and written, by role."""
        return self.record.tokens

    @property
    def written(self) -> Mapping[str, int]:
        """Of the tokens those that were written, by the roles whose models tell it."""
        return self.record.written

    @property
    def money(self) -> Money:
        """Dollars by role, as far as prices are known or were given, and the roles without."""
        return self.record.money

    @property
    def ended_by(self) -> str:
        """What ended the search: a budget, or that nothing more was found."""
        return self.record.ended_by

    @property
    def models(self) -> Mapping[str, str]:
        """Model strings with their sampling options, by role."""
        return self.record.models

    @property
    def run_dir(self) -> Path:
        """The run folder."""
        return self.record.folder

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return self.record.offline

    @checks_arguments
    def to_html(self, path: str | Path | None = None, *, smoke_failures: bool = False) -> Path:
        """Write the page of the run, one file, and return its path.

        It is `report.html` in the run folder unless another path is given. The failing replies on
        it are of training scenarios. With `smoke_failures` they are of the smoke split, and the
        ledger in which the run is counted notes the look: that split is held out no longer for
        prompts written since.
        """
        from usersim_opt.results.report.page import (  # noqa: PLC0415 - only a page needs jinja2
            write_report,
        )

        return write_report(self.record, path, smoke_failures=smoke_failures)

    @cached_property
    def standings(self) -> Standings:
        """The versions by family: expected pass rates, the Pareto front, who dominates whom."""
        return Standings.of(self.record)

    @property
    def finalists(self) -> Standings:
        """Seed and finalists alone, with each realism term as a further objective; maybe none."""
        return Standings.of_finalists(self.record)

    @cached_property
    def terms(self) -> TermTable:
        """What whole conversations showed of seed and finalist; empty without realism terms."""
        return term_table(self.record, self.seed.id, self.finalist.id)

    def best(self, weights: Mapping[str, float] | None = None) -> Version:
        """The version that the record holds for the best, by weights of the families.

        See `Standings.best`. It is an estimate of the search, which chose the version for a high
        rate: only what was shipped has passed the gate of the smoke split.
        """
        return self.standings.best(weights)

    @property
    def accepted(self) -> list[Version]:
        """The versions that led from the seed to the finalist, in order, the seed first."""
        chain = [self.finalist]
        while (parent := self.versions.get(chain[0].parent or "")) and parent not in chain:
            chain.insert(0, parent)
        return chain

    @property
    def verdict(self) -> str:
        """Shipped or not, and why, in a few lines."""
        if self.record.stopped and self.record.outlook:
            return "\n".join([STOPPED, *self.record.outlook.lines, *self.record.outlook.advice])
        base = percent(self.base_smoke.pass_rate)
        if not self.reading.found_better:
            lines = [
                stays(self.decisions),
                f"Its pass rate on the smoke split is {base}.",
                *self._missing,
                *self.base_smoke.judge_lines,
            ]
            return "\n".join(lines)
        rates = f"{base} -> {percent(self.best_smoke.pass_rate)}"
        smoke = f"Smoke split, never seen by the search: {rates}"
        lines = [self._shipping(), smoke, *self._missing, *filter(None, [self.guards.line])]
        if not self._held_back:
            lines += gain_lines_of(self.base_smoke, self.best_smoke, self.confirmation)
        if self.record.use:
            lines.append(self.record.use.sentence)
        if self._is_unproven:
            sides = (self.base_smoke, self.best_smoke)
            lines.append(to_settle(self.finalist.id, self.confirmation, sides))
        return "\n".join(lines)

    @cached_property
    def guards(self) -> GuardSides:
        """The guards that seed and finalist broke on the smoke split."""
        heads = ("base", self._rival)
        return guard_sides(self.base_smoke, self.best_smoke, heads=heads)

    @property
    def _rival(self) -> str:
        """What the finalist is called over a table."""
        return self.finalist.id if self.reading.found_better else "again"

    @property
    def _missing(self) -> list[str]:
        """What the judge did not decide on the smoke split, in a line; none where it did."""
        heads = "seed", self.finalist.id
        return missing_lines(self.base_smoke, self.best_smoke, heads=heads)

    def _shipping(self) -> str:
        if self.shipped == self.finalist:
            reason = f"{self._by_rule}: {self._reason}" if self._by_rule else ""
            return f"Shipped: {self.finalist.id}{reason}.{self._expected()}"
        return f"Shipped: the seed prompt, not {self.finalist.id}{self._by_rule}: {self._reason}."

    def _expected(self) -> str:
        """What is left of a proven gain when the luck that helps to be proven is taken off."""
        if not self.confirmation.proven or self._by_rule:
            return ""
        left, measured = points(self.confirmation.expected), points(self.confirmation.gain.mean)
        why = "" if left == measured else ", less than measured: luck helps to be proven"
        return f" Expected gain: {left} points{why}."

    @property
    def _by_rule(self) -> str:
        """The rule of the user's own that decided on the smoke split, in words; else empty."""
        ruling = self.reading.ruling
        is_own = ruling is not None and ruling.rule not in RULES
        return f", by the rule {ruling.rule!r}" if ruling is not None and is_own else ""

    @property
    def _reason(self) -> str:
        """Why the finalist was held back."""
        return self.reading.ruling.reason if self.reading.ruling else "nothing was decided"

    @property
    def _held_back(self) -> bool:
        """Whether replies or verdicts were unfit to decide on, so that the gain says nothing."""
        ruling = self.reading.ruling
        unfit = ruling is not None and ruling.rule in (SMOKE, COLLAPSE)
        return unfit and self.confirmation.proven and self.shipped != self.finalist

    @property
    def _is_unproven(self) -> bool:
        """Whether nothing but the size of its gain held the finalist back."""
        ruling = self.reading.ruling
        vetoed = ruling is not None and ruling.rule in (GUARD_LOSS, TERM_LOSS)
        held_back = self.shipped != self.finalist and not self.confirmation.proven
        return held_back and not vetoed and not self._by_rule

    @visibly
    def __repr__(self) -> str:
        return f"<OptimizationResult: {self.verdict.replace(chr(10), ' ')}>"

    @visibly
    def __str__(self) -> str:
        parts = [*self._parts(), *self.record.graders, self.verdict]
        return "\n\n".join([*parts, OFFLINE_NOTE] if self.offline else parts)

    def _parts(self) -> list[str]:
        """What stands before the verdict: tables, decisions, costs, what was told beforehand."""
        costs = f"Calls: {self._costs()}\nThe search was ended by {self.ended_by}."
        if self.record.stopped:
            return [f"The seed prompt on train: {self.reading.on_train(self.seed)}", costs]
        told = self.record.outlook.lines if self.record.outlook else []
        return [
            comparison_table(self.base_smoke, self.best_smoke, heads=("base", self._rival)),
            *filter(None, [str(self.guards), str(self.terms)]),
            "Accepted versions\n" + grid(*self.lineage),
            "\n".join([f"Decisions: {self._decided}", costs]),
            *(["\n".join(["Before the search:", *told])] if told else []),
        ]

    @property
    def _decided(self) -> str:
        return tally(self.record.search_decisions, incumbents=len(self.accepted) - 1)

    def _sides_html(self) -> str:
        """Seed and finalist by dimension; of a run that stopped, the seed on train."""
        if self.record.stopped:
            return tallies_html(self.reading.on_train(self.seed).by_dimension)
        return sides_html(self.base_smoke, self.best_smoke, heads=("seed", self.finalist.id))

    def _told_html(self) -> str:
        """What was told before the search; the verdict of a run that stopped has it already."""
        if self.record.outlook is None or self.record.stopped:
            return ""
        return details("Before the search", "<br>".join(map(text, self.record.outlook.lines)))

    def _repr_html_(self) -> str:
        sides = self._sides_html()
        accepted = text_table(*self.lineage)
        shipped = f"The prompt that ships, {text(self.shipped.id)}"
        return "".join(
            [
                offline_html(self.verdict, offline=self.offline),
                *(f"<p><b>{text(sentence)}</b></p>" for sentence in self.record.graders),
                sides,
                self.guards.html,
                self.terms.html,
                self._told_html(),
                f"<p><b>Accepted versions</b></p>{accepted}",
                details(f"{len(self.decisions)} decisions", decisions_html(self.decisions)),
                details(shipped, version_html(self.shipped)),
            ]
        )

    def to_pandas(self) -> "pd.DataFrame":
        """One row per version, with its lineage and the last ruling on it; see version_rows.py.

        Replies are in `record.to_pandas()`.
        """
        return frame(version_rows(self.reading), VERSION_COLUMNS)

    def _costs(self) -> str:
        if not any(self.tokens.values()):
            return self._calls_by_role
        tokens = f"{sum(self.tokens.values()):,} tokens ({self._tokens_by_role})"
        return f"{self._calls_by_role}; {tokens}; {self.money}"

    @property
    def _tokens_by_role(self) -> str:
        spent = {role: number for role, number in self.tokens.items() if number}
        return ", ".join(
            f"{role} {read_and_written(n, self.written.get(role))}" for role, n in spent.items()
        )

    @property
    def _calls_by_role(self) -> str:
        return ", ".join(f"{n:,} {role}" for role, n in self.calls.items())

    @property
    def lineage(self) -> Table:
        """Head and rows of the table of accepted versions."""
        head = ["version", "from", "length", "sha256", "accepted on"]
        return head, [self._lineage_row(version) for version in self.accepted]

    def _lineage_row(self, version: Version) -> list[str]:
        length = f"{len(version.text):,}"
        parent = version.parent or "-"
        return [version.id, parent, length, version.sha256[:12], self._accepted_on(version)]

    def _accepted_on(self, version: Version) -> str:
        """Why the version became the incumbent when it first did."""
        promotions = (p.decision for p in self.reading.promotions if p.version == version.id)
        decision = next(promotions, None)
        return decision.reason if decision else "the seed prompt"


def _present(version: Version | None, record: RunRecord) -> Version:
    """The version that a finished run has; JournalError for a record that has none."""
    if version is None:
        raise JournalError(f"{record.folder}: holds no finished run; read it with read_record")
    return version
