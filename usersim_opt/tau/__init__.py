"""The tau benchmarks: their tasks and results as data, and our customer in tau2.

    uso.tau.user(prompt, lm)                         a user class for tau2
    uso.tau.register(prompt, lm)                     the same in tau2's registry
    uso.tau.with_tools(prompt)                       the prompt where customers have tools
    uso.tau.evaluate(prompts, agent, lm=user, ...)   what an agent scores against each prompt
    uso.tau.checkout("tau-bench").evaluate(...)      the same in tau-bench (v1) or tau-trait
    uso.tau.compose(30, faults=(2, 3))               tasks of telecom put together from small faults

docs/tau2.md says what the figures are and what has to be installed.
"""

from usersim_opt.tau.bench.comparing import Bench, checkout
from usersim_opt.tau.composed import Composed, compose
from usersim_opt.tau.downstream import evaluate
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import AgentMaker, Simulation
from usersim_opt.tau.users import register, user, with_tools

__all__ = [
    "AgentMaker",
    "Bench",
    "Composed",
    "Downstream",
    "Simulation",
    "checkout",
    "compose",
    "evaluate",
    "register",
    "user",
    "with_tools",
]
