"""How records, evaluations and results look in a notebook; each function gives one line of HTML.

Not covered: styling of pages. The report has its own.
"""

from typing import TYPE_CHECKING

from usersim_opt.basics.figures import OFFLINE_LABEL
from usersim_opt.basics.layout import details, note, outcome_mark, table, text
from usersim_opt.measuring.views import sides_html
from usersim_opt.results.versions import version_html

if TYPE_CHECKING:
    from usersim_opt.result import OptimizationResult


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
