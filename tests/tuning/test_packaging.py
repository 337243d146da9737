"""Packaging: what is found in a proposal, and what looks like it and is guidance."""

import pytest
from conftest import ROOT
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.customer.prompt import Prompt, read_prompt
from usersim_opt.tuning.packaging import packaging, stray_number, without_fence

PACKAGING = [
    "- [all other pieces stay as they are]",
    "- The rest stays as it is.",
    "- ...",
    "- …",
    "- [unchanged]",
    "- (unchanged)",
    "- All other rules remain unchanged.",
    "- (The rest of the instructions remains unchanged.)",
    "- ... (rest unchanged)",
    "- Keep the rest as is.",
    "- <rest of the prompt unchanged>",
    "- Everything else stays the same.",
    "- Remaining pieces: as before",
    "- Remaining pieces: as before",
    "- Same as before.",
    "- [Previous rules here]",
    "- Be short. (NEW)",
    "- (NEW) Be short.",
    "- [new] Be short.",
    "- **NEW:** Be short.",
    "- NEW: Be short.",
    "- New piece: Be short.",
    "- **Be short** (added)",
    "- Be short. <!-- new -->",
    "- Be short. ← new",
    "- + Be short.",
    "+ Be short.",
    "Changes made: added one piece about brevity and removed none.",
    "I have added a piece about brevity.",
    "I've shortened the opening.",
    "I added a bullet on brevity.",
    "Added one piece about brevity.",
    "- Removed the redundant rules.",
    "Summary of changes: brevity.",
    "**Changes made:** brevity",
    "What changed: brevity.",
    "Rationale: they are too long.",
    "This version keeps what works.",
    "These changes should make replies shorter.",
    "The revised instructions address brevity.",
    "Let me know if you want more changes.",
    "Here are the improved instructions:",
    "Here is the revised prompt:",
    "Sure! Here's the updated prompt:",
    "Below is the new version of the instructions.",
    "## Improved instructions",
    "New instructions:",
    "**Revised prompt:**",
    "Final version:",
    "- 3. Be short.",
    "- [3] Be short.",
    "- (3) Be short.",
    "- #3 Be short.",
    "- Piece 3: Be short.",
    "- Don\\u2019t thank the agent.",
    "- Be short.\\nBe curt.",
    "- Use &lt;brief&gt; words &amp; no more.",
    '- Say \\"no\\" at once.',
    "- Donâ€™t thank.",
    '{"instructions": "Be short."}',
    "- Say [insert reason].",
    "```",
    "```markdown",
]
GUIDANCE = [
    "- Be brief... people trail off.",
    '- Sometimes answer only "..." when annoyed.',
    "- Ask to change the date only; the rest stays as it is.",
    "- If the rest of the booking stays the same, agree.",
    "- If one flight is moved, the other flights stay the same.",
    "- Changes made without your consent are refused.",
    "- Changes to your booking: ask for the price first.",
    "- Ask about new fees (if any).",
    "- Made to repeat yourself, write one line.",
    "- Left without an answer, ask again in one line.",
    "- Kept waiting, complain in one line.",
    "- Reply in 3 to 20 words.",
    "- 2 facts per message, no more.",
    "- This is a text chat; write as people text.",
    "- Here is where people get short.",
    "- Note: no card numbers.",
    "## Changed plans",
    "## New information",
    "- Key facts first.",
    "- Let it show that you mind.",
    "- Of course you may say no.",
    "- New facts come one at a time.",
    "- If the price stays the same (or falls), agree.",
    "- Explain nothing.",
    "- Added costs make you hesitate.",
    "- Revised offers deserve a second look.",
    "- Updated itineraries: compare each line.",
    '- Good: "I added the bag myself"',
    "- Write AT&T, R&D as they are.",
    '- Use "&" for "and".',
    "- Wait for a final offer.",
    "- Final decision: yours.",
    "- Corrected points need no thanks.",
    '- "I changed my mind" is enough.',
    "- The new date must fit.",
    '- The others are "my friend" or "my parents".',
    "- All rules of the agent are the same to you.",
    "- Previous messages stay as they are.",
    "1. One thing at a time.",
    "2. Say no.",
    "- Items 1 and 2 of a list: answer the first.",
    "- Explanations are left out.",
    "- Open with the need :)",
]
CORPUS = strict_yaml.load(ROOT / "tests" / "corpus" / "guard.yaml")
CLEAN = [
    candidate["text"]
    for candidates in CORPUS.values()
    for candidate in candidates
    if candidate["class"] == "clean"
]
PROMPTS = sorted((ROOT / "optimized").rglob("*.txt"))


def findings(text, **options):
    return packaging(Prompt(text).parts, **options)


@pytest.mark.parametrize("line", PACKAGING)
def test_packaging_is_found_with_a_reason_that_quotes_it(line):
    (finding,) = findings(f"You are a customer.\n\n- Be brief.\n{line}\n\n- Say no.")
    assert finding.quote
    assert finding.quote[:60] in finding.part.text


@pytest.mark.parametrize("line", GUIDANCE)
def test_guidance_that_looks_like_packaging_is_left_alone(line):
    assert findings(f"You are a customer.\n\n- Be brief.\n{line}\n") == []


def test_no_clean_candidate_of_the_corpus_and_no_shipped_prompt_is_packaging():
    assert len(CLEAN) > 100
    assert PROMPTS
    assert [text for text in CLEAN if findings(f"You are a customer.\n{text}")] == []
    for prompt in map(read_prompt, PROMPTS):
        assert packaging(prompt.parts) == []
        assert stray_number(prompt.parts) == ""


@pytest.mark.parametrize(
    ("note", "lines"),
    [
        ("Changes made: brevity.\nPeople are brief.", 2),
        ("Changes made: one. People are brief.\n\n- Say no.", 2),
        ("Changes made:\n- Brevity comes first.\n- Anger shows.", 3),
        ("## Summary of changes\n\n- Brevity comes first.\n\n## Anger\n- Show it.", 2),
        ("I made the following changes to the wording, since most of them failed:\n\n- One.", 2),
    ],
)
def test_a_note_on_the_editing_takes_what_goes_with_it(note, lines):
    found = findings(f"You are a customer.\n- Be brief.\n\n{note}")
    assert len(found) == lines
    assert {finding.says for finding in found} == {"it speaks of its own changes"}


def test_what_the_first_prompt_says_is_free():
    text = "You are a customer.\n- Write AT&amp;T."
    assert len(findings(text)) == 1
    assert findings(text, free="Of AT&amp;T.") == []


@pytest.mark.parametrize("fence", ["```", "~~~~", '"""', "'''"])
@pytest.mark.parametrize("language", ["", "text", "markdown"])
def test_a_fence_around_the_whole_prompt_is_taken_off(fence, language):
    assert without_fence(f"\n{fence}{language}\nBe brief.\n\n- No.\n{fence}\n") == (
        "Be brief.\n\n- No."
    )


@pytest.mark.parametrize(
    "text", ["", "```", "```\n```", "```\na", "a\n```\nb\n```", "```\na\n```\nb", "```\na\n~~~"]
)
def test_another_fence_stays(text):
    assert without_fence(text) == text


@pytest.mark.parametrize(
    ("items", "number"),
    [
        ("1. a\n2. b\n\nThen:\n1. c\n2. d", ""),
        ("1. a\n2. b\n1. c", ""),
        ("- a\n7. b", "7."),
        ("1. a\n3. b", "3."),
        ("1. a\n\nThen:\n2. b", "2."),
        ("- 12) a", "12."),
    ],
)
def test_a_number_that_counts_nothing_is_stray(items, number):
    assert stray_number(Prompt(f"You are a customer.\n{items}").parts) == number


WRAPPINGS = {
    "the rest stays": lambda prompt: prompt.replace(
        "\n\n<sc", "\n- The rest stays as it is.\n\n<sc"
    ),
    "Changes made": lambda prompt: f"{prompt}\n\nChanges made: one piece more.",
    "improved instructions": lambda prompt: f"Here are the improved instructions:\n\n{prompt}",
    "&amp;": lambda prompt: prompt.replace("\n\n<sc", "\n- Be brief &amp; dry.\n\n<sc"),
    "{{scenario}}": lambda prompt: prompt.replace("{scenario}", "{{scenario}}"),
    "{scenario}\n{scenario}": lambda prompt: prompt.replace("{scenario}", "{scenario}\n{scenario}"),
    "```": lambda prompt: f"{prompt}\n```",
}


@pytest.mark.parametrize("mark", WRAPPINGS)
@pytest.mark.parametrize("search", [uso.PieceSearch, uso.HillClimb])
def test_no_prompt_with_packaging_is_measured_and_pieces_beside_it_are(
    search, mark, base_prompt, checked, tmp_path
):
    good = base_prompt.text.replace("\n\n<sc", "\n- Write very few words.\n\n<sc")
    proposer, _ = scripted(f"<prompt>\n{WRAPPINGS[mark](good)}\n</prompt>")
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(),
        proposer_lm=proposer,
        run_dir=tmp_path / "run",
        max_calls=300,
        search=search(),
    )
    simulator = uso.UserSimulator(base_prompt, scripted("Certainly, thank you so much. " * 12)[0])
    result = optimizer.compile(simulator, trainset=checked.train, valset=checked.smoke).result
    measured = {outcome.version for outcome in result.record.outcomes}
    texts = [result.versions[version].text for version in measured]
    assert not any(mark in text for text in texts)
    assert any("Write very few words." in text for text in texts) == (search is uso.PieceSearch)
