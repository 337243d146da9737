"""What a run returns: verdict, versions with lineage, decisions with evidence, tables.

The gain is estimated on the smoke split alone. The search's own figures chose the winner, so they are too high and
are nowhere reported as results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from usersim_opt.evaluation import Evaluation, comparison_table, gain_sentence, percent
from usersim_opt.schema import Decision, Version
from usersim_opt.statistics import PairedDifference, paired_difference
from usersim_opt.tables import grid, html_table

OFFLINE_NOTE = "Made with offline stand-in models: the figures show that the machinery works and say nothing about real models."

_REJECTED_AS = {
    "proposal": "no usable proposal",
    "guard": "turned away by the guard",
    "collapse": "one reply to everything",
    "improvement": "no improvement",
    "regression": "regression",
}


@dataclass(frozen=True, repr=False)
class OptimizationResult:
    """The outcome of one run; `shipped` is the version whose prompt the returned simulator runs."""

    versions: Mapping[str, Version]
    decisions: Sequence[Decision]
    seed: Version
    best: Version
    """The version that faced the smoke split; the seed where the search accepted nothing."""
    shipped: Version
    base_smoke: Evaluation
    best_smoke: Evaluation
    calls: Mapping[str, int]
    tokens: int
    ended_by: str
    """What ended the search: a budget, or that nothing more was found."""
    models: Mapping[str, str]
    run_dir: Path

    @property
    def confirmation(self) -> PairedDifference:
        """Best minus seed on the smoke split, both run afresh."""
        return paired_difference(self.base_smoke.outcomes, self.best_smoke.outcomes)

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return any(model.startswith("offline/") for model in self.models.values())

    @property
    def accepted(self) -> list[Version]:
        """The versions that led from the seed to the best, in order, the seed first."""
        chosen = [self.best]
        while (parent := chosen[0].parent) is not None:
            chosen.insert(0, self.versions[parent])
        return chosen

    @property
    def verdict(self) -> str:
        """Shipped or not, and why, in a few lines."""
        if self.best.id == self.seed.id:
            return f"The seed prompt stays: no candidate was accepted.\nIts pass rate on the smoke split is {percent(self.base_smoke.pass_rate)}."
        shipped = self.shipped.id == self.best.id
        head = f"Shipped: {self.best.id}." if shipped else f"Shipped: the seed prompt, not {self.best.id}: {self._reason}."
        rates = f"Smoke split, never seen by the search: {percent(self.base_smoke.pass_rate)} -> {percent(self.best_smoke.pass_rate)}"
        if self._held_back:
            return f"{head}\n{rates}"
        return f"{head}\n{rates}\n{gain_sentence(self.confirmation, self.best_smoke)}"

    @property
    def _reason(self) -> str:
        return next(d.reason for d in self.decisions if d.rule == "smoke")

    @property
    def _held_back(self) -> bool:
        """Whether something other than the interval of the gain decided."""
        return self.confirmation.proven and self.shipped.id != self.best.id

    def __repr__(self) -> str:
        return f"<OptimizationResult: {self.verdict.replace(chr(10), ' ')}>"

    def __str__(self) -> str:
        parts = [
            self._table(),
            "Accepted versions\n" + grid(*self._lineage()),
            f"Decisions: {self._tally()}\nCalls: {self._costs()}\nThe search was ended by {self.ended_by}.",
            self.verdict,
        ]
        return "\n\n".join([*parts, OFFLINE_NOTE] if self.offline else parts)

    def _repr_html_(self) -> str:
        note = f"<p><em>{escape(OFFLINE_NOTE)}</em></p>" if self.offline else ""
        verdict = escape(self.verdict).replace("\n", "<br>")
        return f"{note}<p><strong>{verdict}</strong></p><pre>{escape(self._table())}</pre>{html_table(*self._lineage())}"

    def _costs(self) -> str:
        calls = ", ".join(f"{n:,} {role}" for role, n in self.calls.items())
        return f"{calls}; {self.tokens:,} tokens of user and judge" if self.tokens else calls

    def _table(self) -> str:
        return comparison_table(self.base_smoke, self.best_smoke, heads=("base", self.best.id if self.best.id != self.seed.id else "again"))

    def _lineage(self) -> tuple[list[str], list[list[str]]]:
        rows = []
        for version in self.accepted:
            why = [d.reason for d in self.decisions if d.candidate == version.id and d.accepted and d.rule == "improvement"]
            rows.append([version.id, version.parent or "-", f"{len(version.text):,}", version.sha256[:12], why[-1] if why else "the seed prompt"])
        return ["version", "from", "length", "sha256", "accepted on"], rows

    def _tally(self) -> str:
        searched = [d for d in self.decisions if d.rule != "smoke"]
        rejected = {rule: sum(not d.accepted for d in searched if d.rule == rule) for rule in _REJECTED_AS}
        told = ", ".join(f"{n} {_REJECTED_AS[rule]}" for rule, n in rejected.items() if n)
        return f"{len(self.accepted) - 1} accepted, {sum(rejected.values())} rejected ({told or 'none'})"
