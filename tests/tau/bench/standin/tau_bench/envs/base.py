"""The environment of one conversation: a shelf, three tools, a customer."""

from tau_bench.envs.user import load_user
from tau_bench.types import ActionsInfo, Answer, Begun, Info, OutputsInfo, Reward


class Env:
    """A shop's shelf; `sell` takes something from it, `ring` calls a colleague and ends it."""

    tools_info = ()
    wiki = "Sell what is asked for."

    def __init__(self, tasks, *, user_strategy, user_model, user_provider=None, task_index=None):
        self.tasks, self.task = tasks, tasks[task_index]
        self.shelf, self.said = [], []
        self.user = load_user(user_strategy=user_strategy, model=user_model, provider=user_provider)

    def reset(self, task_index=None):
        """Begin with what the customer says first."""
        self.task = self.tasks[task_index]
        self.shelf, self.said = ["tea", "salt"], []
        first = self.user.reset(instruction=self.task.instruction)
        return Begun(observation=first, info=Info(task=self.task))

    def step(self, action):
        """One action of the agent."""
        info, done = Info(task=self.task), False
        if action.name == "respond":
            self.said.append(action.kwargs["content"])
            seen = self.user.step(action.kwargs["content"])
            done = "###STOP###" in seen
        else:
            seen, done = self._use(action)
        if done:
            info.reward_info = self.calculate_reward()
        reward = info.reward_info.reward if info.reward_info else 0
        return Answer(observation=seen, reward=reward, done=done, info=info)

    def _use(self, action):
        if action.name == "sell" and action.kwargs["what"] in self.shelf:
            self.shelf.remove(action.kwargs["what"])
        if action.name == "explode":
            raise ZeroDivisionError("the shelf fell down")
        return "ok", action.name == "ring"

    def calculate_reward(self):
        """Whether the shelf is right and all was told."""
        sold = {action.kwargs.get("what") for action in self.task.actions}
        right = set(self.shelf) == {"tea", "salt"} - sold
        told = {each: any(each in text for text in self.said) for each in self.task.outputs}
        info = ActionsInfo(r_actions=right, gt_data_hash="0")
        if told:
            info = OutputsInfo(r_outputs=float(all(told.values())), outputs=told)
        reward = float(right and all(told.values()))
        return Reward(reward=reward, info=info, actions=self.task.actions)
