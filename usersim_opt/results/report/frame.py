"""What every page has in common: templates that escape, and a policy that lets nothing else run.

Jinja escapes every text; the Content-Security-Policy names the digests of the page's one style
sheet and one script, so that markup which got past the escaping would not run either.
"""

import base64
import hashlib
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_SHARED = "usersim_opt.results.report"
"""The package whose templates all pages may include."""


def templates(package: str) -> Environment:
    """The templates of a package and the head of all pages, escaping, and strict about names."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(_SHARED)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def frame(style: Markup, script: Markup = Markup()) -> dict[str, Any]:  # noqa: B008 - a constant
    """Style sheet, script if there is one, and the policy that lets no other run.

    They stand by the names of templates.
    """
    return {"style": style, "script": script, "policy": _policy(style, script)}


def packaged(package: str, name: str) -> Markup:
    """One of a package's own files, which is markup as it stands."""
    file = resources.files(package).joinpath("templates", name)
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - no text from outside


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with one style sheet and at most one script."""
    sources = {
        "default-src": "'none'",
        "style-src": _digest(style),
        "script-src": _digest(script) if script else "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {source}" for name, source in sources.items())


def _digest(text: str) -> str:
    """A source of the Content-Security-Policy for an inline text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
