"""What a search is expected to cost and can prove, said before it; what a data set has cost."""

import argparse

import dspy

import usersim_opt as uso
from usersim_opt.models.naming import model_name
from usersim_opt.results.prices import GivenPrices, money, prices_of, read_and_written
from usersim_opt.results.smoke_ledger import level_of
from usersim_opt.scenarios.authoring.build import BuildReport
from usersim_opt.tuning.estimate import Estimate, estimate, provable
from usersim_opt.tuning.inputs import model_names
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.splits import splits_of


def foretell(
    args: argparse.Namespace,
    sim: uso.UserSimulator,
    data: uso.Dataset,
    optimizer: uso.RubricOptimizer,
) -> Estimate:
    """Say what the run may cost, which use of its smoke split it is, and what it can prove."""
    use = optimizer.next_use(sim, data.smoke)
    metric, calls = optimizer.metric, args.max_calls
    splits = splits_of(data.train, data.smoke, minibatch_size=args.minibatch_size)
    prices = prices_of(model_names(sim, metric, optimizer.proposer_lm), args.prices)
    proposer = PromptProposer(optimizer.proposer_lm)
    cost = estimate(
        sim,
        splits,
        metric,
        proposer=proposer,
        calls=calls,
        workers=args.threads,
        batch=args.minibatch_size,
        prices=prices,
    )
    print(f"Estimate: {cost}")
    if use:
        print(use.sentence)
    gains = provable(data.smoke, metric, calls=calls, level=level_of(use))
    print(f"Smallest provable gain: {gains}\n")
    return cost


def build_costs(report: BuildReport, author: uso.ScenarioAuthor, given: GivenPrices | None) -> str:
    """Tokens by role of a build, and money where prices are known or given."""
    spent = {role: number for role, number in report.tokens.items() if number}
    if not spent:
        return "no tokens counted"
    written = report.written_tokens
    by_role = [f"{role} {read_and_written(n, written.get(role))}" for role, n in spent.items()]
    paid = money(report.tokens, written, prices_of(_models(author), given))
    return f"tokens: {', '.join(by_role)}; {paid}"


def _models(author: uso.ScenarioAuthor) -> dict[str, str]:
    """The model strings of an author, and of the simulator that it observes."""
    lms = {"author": author.conversation.lm or dspy.settings.lm}
    if author.observer:
        lms["user"] = getattr(author.observer.simulator, "lm", None) or dspy.settings.lm
    return {role: model_name(lm) for role, lm in lms.items() if lm is not None}
