"""An agent on a model, with the constructor and the way to call that tau-bench's has."""

from litellm import completion

from tau_bench.types import Action


class ToolCallingAgent:
    """Says what its model says; `sell X` sells."""

    def __init__(self, tools_info, wiki, model, provider, temperature=0.0):
        self.wiki, self.model, self.provider = wiki, model, provider
        self.temperature = temperature

    def solve(self, env, task_index=None, max_num_steps=30):
        """Serve the customer."""
        begun = env.reset(task_index=task_index)
        messages = [{"role": "system", "content": self.wiki}]
        messages.append({"role": "user", "content": begun.observation})
        for _ in range(max_num_steps):
            answer = completion(
                messages=messages,
                model=self.model,
                custom_llm_provider=self.provider,
                temperature=self.temperature,
            )
            text = answer.choices[0].message.content
            verb, _, what = text.partition(" ")
            action = Action(name="respond", kwargs={"content": text})
            if verb == "sell":
                action = Action(name="sell", kwargs={"what": what})
            seen = env.step(action)
            messages.append({"role": "assistant", "content": text})
            messages.append({"role": "user", "content": seen.observation})
            if seen.done:
                return
