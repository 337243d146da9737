"""The pages: no link leads nowhere, each page is reached from the README, which stays short."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "examples").glob("*.md"),
        *(ROOT / "docs" / "notebooks").glob("*.md"),
    ]
)


def targets(page):
    """The files that a page links to or shows, as paths."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    return [(page.parent / link).resolve() for link in links if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page):
    assert [str(target) for target in targets(page) if not target.exists()] == []


def test_every_page_is_reached_from_the_readme():
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached:
            reached.add(page)
            ahead += [target for target in targets(page) if target.suffix == ".md"]
    assert set(PAGES) <= reached


def test_the_readme_is_short_and_says_why_before_how():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 150
    assert text.index("too polite") < text.index("```")


def headings(page):
    """The anchors of a page's headings, as a forge makes them."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_links_to_a_heading_name_one_that_is_there():
    for page in PAGES:
        for file, anchor in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", page.read_text()):
            if "://" not in file:
                target = (page.parent / file).resolve() if file else page
                assert anchor in headings(target), f"{page}: {file}#{anchor}"


def test_the_words_that_the_glossary_explains_are_those_of_the_outputs():
    page = " ".join((ROOT / "docs" / "faq.md").read_text().split())
    files = (ROOT / "usersim_opt").rglob("*.py")
    package = "\n".join(file.read_text() for file in files)
    words = ("less than measured: luck helps to be proven", "no gain could be proven from")
    for said in (*words, "four times in five", "accepted: no loss could be shown", "Left to gain"):
        assert said in page
        assert said in package
    assert all(f"**{flag}**" in page for flag in ("saturated", "spent", "uninformative"))
