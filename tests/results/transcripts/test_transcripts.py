import base64
import hashlib
import re

import pytest
from hostile import HOSTILE
from results.report.pages import Page
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.conversation import Broken, Said
from usersim_opt.results.transcripts.page import render

OLD, NEW = "a" * 64, "b" * 64
CLEAN = {name: text.encode("utf-8", "replace").decode() for name, text in HOSTILE.items()}


def page_of(*talks, **names):
    return Page(render(talks, names))


def test_two_prompts_stand_side_by_side_on_the_same_task_and_seed():
    talks = [
        talk("Hi!", "from the old one", prompt=OLD),
        talk("Hi!", "with seed one", prompt=OLD, seed=1),
        talk("Hi!", "from the new one", prompt=NEW),
    ]
    html = render(talks, {OLD: "base", NEW: "tuned"})
    first, second = re.findall(r"<details.*?</details>", html, re.DOTALL)
    assert "from the old one" in first
    assert "from the new one" in first
    assert first.index("<h4>base</h4>") < first.index("<h4>tuned</h4>")
    assert "with seed one" in second
    assert "No conversation of this task and seed." in second


def test_agents_of_one_prompt_are_told_apart():
    html = render([talk(agent="desk"), talk(agent="bot")], {OLD: "base"})
    assert "base, desk" in html
    assert "base, bot" in html


def test_the_summary_counts_ends_and_broken_guards():
    broken = (Broken(guard="markup", evidence="it holds '**'"),)
    turns = (Said(role="agent", text="Hi"), Said(role="customer", text="**", broken=broken))
    talks = [
        talk("Hi", "###STOP###"),
        talk(task="002").model_copy(update={"turns": turns}),
        talk(task="003", end="failed", fault="agent_loop", why="the agent said the same"),
    ]
    html = render(talks, {})
    assert re.findall(r'<td class="n">(\d+)</td>', html) == ["3", "1", "1", "1", "1"]
    assert re.findall(r'data-marks="([^"]*)"', html) == ["stopped", "broken turn_limit", "failed"]
    page = Page(html)
    assert "markup: it holds" in page.everything
    assert "failed: the agent said the same" in page.everything


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_hostile_texts_are_text_wherever_they_stand(text):
    broken = (Broken(guard=text, evidence=text),)
    turns = (Said(role="agent", text=text), Said(role="customer", text=text, broken=broken))
    fields = {"user": text, "agent": text, "task": text, "turns": turns}
    failed = {"end": "failed", "fault": "agent_error", "why": text}
    page = page_of(talk(**fields | failed), talk(prompt=NEW), **{OLD: text})
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "form", "base", "svg", "a"}
    assert len(page.tags("script")) == len(page.tags("style")) == 1
    assert len(page.tags("section")) == 2
    assert not [name for _, each in page.elements for name in each if name.startswith("on")]
    assert page.open == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202e]", page.everything)


def test_half_characters_do_not_keep_the_page_from_being_written(tmp_path):
    file = uso.write_transcripts([talk("Hi", "a\ud800b")], tmp_path / "page.html")
    assert "b" in file.read_text(encoding="utf-8")


def test_the_policy_lets_nothing_run_but_the_page_s_own_script_and_style():
    html = render([talk()], {})
    policy = next(
        each["content"] for each in Page(html).tags("meta") if "Content-Security" in str(each)
    )
    for tag, name in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        # Jinja escapes the plus and quotes of the policy; the parser gives them back.
        assert f"{name} 'sha256-{digest}'" in policy.replace("&#39;", "'")
    assert "default-src 'none'" in policy
    assert not re.search(r"https?://|url\(", html)


def test_a_rollout_writes_its_page(simulator, airline, tmp_path):
    agent = uso.LMAgent(uso.connect("offline/agent"))
    talks = uso.rollout(simulator, agent, [airline.tasks["003"]], max_turns=3)
    html = talks.to_html(tmp_path / "deep" / "page.html").read_text()
    assert "Offline stand-ins." in html


def test_a_page_of_nothing_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="no conversation"):
        uso.write_transcripts([], tmp_path / "page.html")
    with pytest.raises(InputError, match="folder"):
        uso.write_transcripts([talk()], tmp_path)
