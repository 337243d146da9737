"""What a run returns: verdict, versions with lineage, decisions with evidence, tables.

The gain is estimated on the smoke split alone. The search's own figures chose the winner, so they are too high and
are nowhere reported as results.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.figures import OFFLINE_LABEL, OFFLINE_NOTE, percent
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import details, grid, note, outcome_mark, table, text
from usersim_opt.basics.statistics import PairedDifference, replication
from usersim_opt.measuring.comparison import comparison_table, gain_sentence
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.views import sides_html
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.results.rounds import VERSION_COLUMNS, version_rows
from usersim_opt.results.standings import Standings
from usersim_opt.results.versions import Decision, Version, version_html

if TYPE_CHECKING:
    import pandas as pd


_REJECTED_AS = {
    "proposal": "proposals with nothing new or usable",
    "guard": "turned away by the guard",
    "collapse": "one reply to everything",
    "improvement": "no improvement",
    "regression": "regression",
}


@dataclass(frozen=True, repr=False)
class OptimizationResult:
    """The outcome of a finished run, as its record tells it; `shipped` is the version whose prompt the returned simulator runs."""

    record: RunRecord

    @property
    def versions(self) -> Mapping[str, Version]:
        """Every prompt of the run by its id, in the order in which they were made."""
        return self.record.versions

    @property
    def decisions(self) -> Sequence[Decision]:
        """Every ruling, in order."""
        return self.record.decisions

    @property
    def seed(self) -> Version:
        """The version that the run started from."""
        return next(iter(self.versions.values()))

    @cached_property
    def finalist(self) -> Version:
        """The version that faced the seed on the smoke split; the seed itself where the search found nothing better."""
        measured = {outcome.version for outcome in self.record.of_stage("smoke")}
        return next((version for version in self.versions.values() if version.id in measured and version.id != self.seed.id), self.seed)

    @cached_property
    def shipped(self) -> Version:
        """The finalist if its gain was proven on the smoke split, else the seed."""
        ruling = [decision for decision in self.decisions if decision.rule == "smoke"]
        return self.finalist if ruling and ruling[-1].accepted else self.seed

    @cached_property
    def base_smoke(self) -> Evaluation:
        """The seed on the smoke split."""
        return self._smoke(self.seed)

    @cached_property
    def best_smoke(self) -> Evaluation:
        """The finalist on the smoke split."""
        return self._smoke(self.finalist)

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls by role."""
        return self.record.calls

    @property
    def tokens(self) -> int:
        """Read and written by user and judge."""
        return self.record.tokens

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

    def to_html(self, path: str | Path | None = None) -> Path:
        """Write the page of the run, one file; `report.html` in the run folder unless another path is given. Returns the path."""
        from usersim_opt.results.report.page import write_report  # noqa: PLC0415 - whoever wants no page needs no jinja2

        return write_report(self.record, path)

    def _smoke(self, version: Version) -> Evaluation:
        outcomes = [outcome for outcome in self.record.of_stage("smoke") if outcome.version == version.id]
        return Evaluation({outcome.scenario: self.record.records[outcome.scenario] for outcome in outcomes}, outcomes, offline=self.offline)

    @property
    def confirmation(self) -> PairedDifference:
        """Best minus seed on the smoke split, both run afresh."""
        return paired_difference(self.base_smoke.outcomes, self.best_smoke.outcomes)

    @cached_property
    def standings(self) -> Standings:
        """The versions family by family: expected pass rates, the Pareto front, who dominates whom."""
        return Standings.of(self.record)

    def best(self, weights: Mapping[str, float] | None = None) -> Version:
        """The version that the record holds for the best, by weights of the families; see `Standings.best`.

        An estimate of the search, which chose it for being high: only what was shipped has a proven gain.
        """
        return self.standings.best(weights)

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return self.record.offline

    @property
    def accepted(self) -> list[Version]:
        """The versions that led from the seed to the finalist, in order, the seed first."""
        chosen = [self.finalist]
        while (parent := self.versions.get(chosen[0].parent or "")) is not None and parent not in chosen:
            chosen.insert(0, parent)
        return chosen

    @property
    def verdict(self) -> str:
        """Shipped or not, and why, in a few lines."""
        if self.finalist.id == self.seed.id:
            return f"The seed prompt stays: no candidate was accepted.\nIts pass rate on the smoke split is {percent(self.base_smoke.pass_rate)}."
        shipped = self.shipped.id == self.finalist.id
        head = f"Shipped: {self.finalist.id}." if shipped else f"Shipped: the seed prompt, not {self.finalist.id}: {self._reason}."
        rates = f"Smoke split, never seen by the search: {percent(self.base_smoke.pass_rate)} -> {percent(self.best_smoke.pass_rate)}"
        if self._held_back:
            return f"{head}\n{rates}"
        return f"{head}\n{rates}\n{gain_sentence(self.confirmation, self.best_smoke)}{'' if shipped else self._to_settle()}"

    def _to_settle(self) -> str:
        """How many more calls would settle an unproven gain."""
        times = replication(self.confirmation.z)
        if times is None:
            return (
                f"\n{self.finalist.id} is the best unproven version; its estimate is not above zero, so more calls are not expected to prove a gain."
            )
        spent = sum(outcome.user_calls + outcome.judge_calls for side in (self.base_smoke, self.best_smoke) for outcome in side.outcomes)
        more = max(10, 10 * round((times - 1) * spent / 10))
        return (
            f"\n{self.finalist.id} is the best unproven version; about {more:,} more calls on held-out scenarios would settle it"
            " (four times in five, if the gain is as estimated)."
        )

    @property
    def _reason(self) -> str:
        return next(d.reason for d in self.decisions if d.rule == "smoke")

    @property
    def _held_back(self) -> bool:
        """Whether something other than the interval of the gain decided."""
        return self.confirmation.proven and self.shipped.id != self.finalist.id

    def __repr__(self) -> str:
        return f"<OptimizationResult: {self.verdict.replace(chr(10), ' ')}>"

    def __str__(self) -> str:
        parts = [
            self._table(),
            "Accepted versions\n" + grid(*self.lineage),
            f"Decisions: {self._tally()}\nCalls: {self._costs()}\nThe search was ended by {self.ended_by}.",
            self.verdict,
        ]
        return "\n\n".join([*parts, OFFLINE_NOTE] if self.offline else parts)

    def _repr_html_(self) -> str:
        return result_html(self)

    def to_pandas(self) -> "pd.DataFrame":
        """One row per version, with its lineage and the last ruling on it; see frames.py. Replies are in `record.to_pandas()`."""
        return frame(version_rows(self.record), VERSION_COLUMNS)

    def _costs(self) -> str:
        calls = ", ".join(f"{n:,} {role}" for role, n in self.calls.items())
        return f"{calls}; {self.tokens:,} tokens of user and judge" if self.tokens else calls

    def _table(self) -> str:
        return comparison_table(self.base_smoke, self.best_smoke, heads=("base", self.finalist.id if self.finalist.id != self.seed.id else "again"))

    @property
    def lineage(self) -> tuple[list[str], list[list[str]]]:
        """Head and rows of the table of accepted versions."""
        rows = []
        for version in self.accepted:
            why = [d.reason for d in self.decisions if d.candidate == version.id and d.accepted and d.rule in ("improvement", "regression")]
            rows.append([version.id, version.parent or "-", f"{len(version.text):,}", version.sha256[:12], why[0] if why else "the seed prompt"])
        return ["version", "from", "length", "sha256", "accepted on"], rows

    def _tally(self) -> str:
        searched = [d for d in self.decisions if d.rule != "smoke"]
        rejected = {rule: sum(not d.accepted for d in searched if d.rule == rule) for rule in _REJECTED_AS}
        told = ", ".join(f"{n} {_REJECTED_AS[rule]}" for rule, n in rejected.items() if n)
        taken = sum(d.accepted for d in searched if d.rule == "proposal")
        new = f"{len(self.accepted) - 1} new incumbents" + (f", {taken} proposals with new pieces" if taken else "")
        return f"{new}, {sum(rejected.values())} rejected ({told or 'none'})"


def load_result(run_dir: str | Path) -> OptimizationResult:
    """The result of a finished run; JournalError for a folder that holds none, or one whose smoke split is not measured."""
    record = read_record(run_dir)
    if not record.finished or not record.records:
        missing = "its smoke split has not been measured yet" if record.records else "; ".join(record.problems)
        raise JournalError(f"{run_dir}: holds no finished run ({missing}); go on with it by --resume, or read it with read_record")
    if record.problems:
        warnings.warn(f"{run_dir}: {'; '.join(record.problems)}", UserWarning, stacklevel=2)
    return OptimizationResult(record)


def result_html(result: "OptimizationResult") -> str:
    """Note, verdict, smoke split, lineage, decisions, and the prompt that ships."""
    head, rows = result.lineage
    decisions = [
        [text(d.stage), text(d.candidate), text(d.rule), outcome_mark("pass" if d.accepted else "fail"), text(d.reason)] for d in result.decisions
    ]
    return "".join(
        [
            note(OFFLINE_LABEL) if result.offline else "",
            f"<p><b>{text(result.verdict)}</b></p>",
            sides_html(result.base_smoke, result.best_smoke, heads=("seed", result.finalist.id)),
            "<p><b>Accepted versions</b></p>" + table(head, [[text(cell) for cell in row] for row in rows]),
            details(f"{len(decisions)} decisions", table(["stage", "candidate", "rule", "ruling", "reason"], decisions)),
            details(f"The prompt that ships, {text(result.shipped.id)}", version_html(result.shipped)),
        ]
    )
