"""Made simulations of tau2, so that scores and tables are tested without it."""

from usersim_opt.customer.conversation import Broken, Conversation, Said
from usersim_opt.tau.simulation import Simulation


def simulation(task="0", trial=0, reward=1.0, prompt="a" * 64, premature=False):
    """A simulation with one text of the customer, who breaks a guard; reward None is a lost run."""
    ending = {"end": "stopped", "token": "###STOP###"}
    if reward is None:
        ending = {"end": "failed", "fault": "customer_error", "why": "the customer: timed out"}
    broken = (Broken(guard="markup", evidence="bold"),)
    talk = Conversation(
        task=task,
        seed=trial,
        prompt_sha256=prompt,
        user="offline/user",
        agent="oracle",
        turns=(
            Said(role="agent", text="Hi!"),
            Said(role="customer", text="thanks a lot ###STOP###", broken=broken),
        ),
        calls={"user": 1, "agent": 0},
        tokens={"user": 0, "agent": 0},
        **ending,
    )
    return Simulation(
        domain="airline",
        trial=trial,
        reward=reward,
        parts={"DB": reward or 0.0},
        termination="user_stop" if reward is not None else "user_error",
        premature=premature,
        talk=talk,
    )


def runs(**rewards):
    """Simulations of tasks by their rewards: `runs(t0=[1, 0], t1=[1, None])`."""
    return [
        simulation(task=task, trial=trial, reward=None if reward is None else float(reward))
        for task, each in rewards.items()
        for trial, reward in enumerate(each)
    ]
