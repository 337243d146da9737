"""What a search is expected to cost and can prove, said before it."""

import argparse

import usersim_opt as uso
from usersim_opt.results.prices import prices_of
from usersim_opt.results.smoke_ledger import level_of
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
