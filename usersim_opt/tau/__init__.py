"""The tau benchmarks: their tasks and results as data, and our customer in tau2.

    uso.tau.user(prompt, lm)                         a user class for tau2
    uso.tau.register(prompt, lm)                     the same in tau2's registry
    uso.tau.with_tools(prompt)                       the prompt where customers have tools
    uso.tau.price(prompts, agent, lm=user, ...)      what that takes, before anything is spent
    uso.tau.evaluate(prompts, agent, lm=user, ...)   what an agent scores against each prompt
    uso.tau.checkout("tau-bench").evaluate(...)      the same in tau-bench (v1) or tau-trait
    uso.tau.compose(30, faults=(2, 3))               tasks of telecom put together from small faults
    uso.tau.traits_of("impatience=high")             traits of a customer; trait_prompts, each_trait
    uso.tau.check_traits(traits, plain, played, ...) what a trait moves, and whether the facts stay
    uso.tau.Drops({"openai/NAME": found})            how much the traits take from an agent
    uso.tau.judge_customers(found, prompts, judge=)  the customers' faults by a judge
    uso.tau.write_page(found, "page.html")           all of it on a page
    uso.tau.read("runs/retail")                      a finished evaluation, from its folder

docs/tau2.md says what the figures are and what has to be installed, docs/traits.md what traits are.
"""

from usersim_opt.tau.bench.comparing import Bench, checkout
from usersim_opt.tau.composed import Composed, compose
from usersim_opt.tau.downstream import evaluate
from usersim_opt.tau.drops import Drops
from usersim_opt.tau.kept import read
from usersim_opt.tau.page import write_page
from usersim_opt.tau.pricing import Price, price
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import AgentMaker, Simulation
from usersim_opt.tau.trait_check import TraitCheck, check_traits
from usersim_opt.tau.traits import (
    TRAITS,
    Traits,
    each_trait,
    read_traits,
    trait_prompts,
    traits_of,
    with_traits,
)
from usersim_opt.tau.user_error_table import UserErrors
from usersim_opt.tau.user_errors import judge_customers
from usersim_opt.tau.users import register, user, with_tools

__all__ = [
    "TRAITS",
    "AgentMaker",
    "Bench",
    "Composed",
    "Downstream",
    "Drops",
    "Price",
    "Simulation",
    "TraitCheck",
    "Traits",
    "UserErrors",
    "check_traits",
    "checkout",
    "compose",
    "each_trait",
    "evaluate",
    "judge_customers",
    "price",
    "read",
    "read_traits",
    "register",
    "trait_prompts",
    "traits_of",
    "user",
    "with_tools",
    "with_traits",
    "write_page",
]
