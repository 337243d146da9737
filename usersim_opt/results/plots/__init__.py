"""Plots of runs and evaluations as matplotlib figures, for colour-blind eyes and grey printers.

    uso.plots.progress(result).savefig("progress.png")      # an OptimizationResult, or a RunRecord
    uso.plots.dimensions(old, new)                          # two Evaluations
    uso.plots.items(analysis)                               # what uso.item_analysis returns
    uso.plots.realism(measured)                             # what uso.realism.measure returns

Each function gives a Figure with no state behind it: nothing to close, safe in threads, shown in a
notebook as the last expression of a cell. Colours come with markers, intervals are 95 %, figures of
offline stand-ins say so. A run that is under way is drawn as far as it is.
matplotlib is an extra, `plots`; InputError where it is missing.

Not covered: interactive plots.
"""

from usersim_opt.results.plots.item_map import items
from usersim_opt.results.plots.likeness import realism
from usersim_opt.results.plots.measured import dimensions, pareto, pieces
from usersim_opt.results.plots.search import lineage, progress

__all__ = ["dimensions", "items", "lineage", "pareto", "pieces", "progress", "realism"]
