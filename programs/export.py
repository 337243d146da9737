"""Write a prompt file in the forms that other tools read: python programs/export.py --help."""

import argparse
from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.results.card import card_beside, card_files
from usersim_opt.results.export import FORMATS, Format

FORMS = [form for form in FORMATS if form.name != "text"]  # a prompt file is plain text already


def arguments() -> argparse.Namespace:
    """The command line: an option for each form, and for each keyword of its writer."""
    parser = _cli.parser(__doc__)
    parser.add_argument("prompt", type=Path, help="prompt file; a card beside it must be its own")
    for form in FORMS:
        line = f"{form.line}; a usual name is {form.file}"
        parser.add_argument(form.flag, type=Path, help=line)
        for option in form.options:
            parser.add_argument(option.flag, help=f"{option.line}; for {form.flag}")
    args = parser.parse_args()
    if not any(getattr(args, form.name) for form in FORMS):
        flags = ", ".join(form.flag for form in FORMS)
        parser.error(f"nothing to write; expected one or more of {flags}")
    for form in FORMS:
        if form.given(vars(args)) and not getattr(args, form.name):
            parser.error(f"{form.option_flags} belong to {form.flag}")
    return args


def main() -> int:
    """Read the prompt and its card, write the forms that were asked for."""
    args = arguments()
    prompt = uso.read_prompt(args.prompt)
    sim, card = uso.UserSimulator(prompt), card_beside(args.prompt, prompt)
    paths = {form: path for form in FORMS if (path := getattr(args, form.name))}
    check_paths(args.prompt, paths)
    keywords = {form: form.keywords(vars(args)) for form in paths}
    for form, path in paths.items():
        print(f"{form.name}: {form.write(sim, path, card=card, **keywords[form])}")
    print(f"sha256 of the prompt: {prompt.sha256}")
    return 0


def check_paths(prompt: Path, paths: dict[Format, Path]) -> None:
    """InputError for a file that is to be written twice, or over the prompt or its card."""
    taken = [prompt.resolve(), card_files(prompt)[0].resolve()]
    for form, path in paths.items():
        if path.resolve() in taken:
            twice = "a file that this command reads or writes already; name another file"
            raise InputError(f"{form.flag} is {path}, {twice}")
        taken.append(path.resolve())


if __name__ == "__main__":
    _cli.run(main)
