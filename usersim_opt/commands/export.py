"""Write a prompt file, or a prompt of a run, in other forms, all or none."""

import argparse
import re

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import cli
from usersim_opt.results.card import Card, card_beside, card_files, card_of
from usersim_opt.results.export import FORMATS, Format
from usersim_opt.results.export.prompts import simulator_of_version
from usersim_opt.results.export.writing import Export, write_all


def options() -> argparse.ArgumentParser:
    """The command line: an option for each form, and for each keyword of its function."""
    parser = cli.command(__name__)
    parser.add_argument(
        "prompt",
        type=cli.prompt_file,
        metavar="PROMPT_OR_RUN",
        help="prompt file; a card beside it must be its own. Or a run folder: what the run shipped",
    )
    parser.add_argument(
        "--version", metavar="NAME", help="another version of the run folder, such as v101"
    )
    for form in FORMATS:
        line = f"{form.line}; a usual name is {form.file}"
        cli.add_output(parser, form.flag, metavar="FILE", files=cli.made_later, help=line)
        for option in form.options:
            metavar = "FILE" if option.names_file else None
            parser.add_argument(
                option.flag, metavar=metavar, help=f"{option.line}; for {form.flag}"
            )
    return parser


def arguments() -> argparse.Namespace:
    """What was given, a form at least, and no keyword without its form."""
    parser = options()
    args = parser.parse_args()
    if not any(getattr(args, form.name) for form in FORMATS):
        flags = ", ".join(form.flag for form in FORMATS)
        parser.error(f"nothing to write; expected one or more of {flags}")
    if args.version and not args.prompt.is_dir():
        parser.error("--version belongs to a run folder in the place of the prompt file")
    for form in FORMATS:
        if form.given(vars(args)) and not getattr(args, form.name):
            parser.error(form.ownership)
    return args


def main() -> int:
    """Read the prompt and its card, make the forms that were asked for, then write them."""
    args = arguments()
    sim, card = prompt_and_card(args)
    exports = {
        form: make(form, sim, args=args, card=card) for form in FORMATS if getattr(args, form.name)
    }
    check_files(args, exports)
    write_all(exports.values())
    for form, export in exports.items():
        print(f"{form.name}: {export.file}")
    print(f"sha256 of the prompt: {card['sha256']}")
    return 0


def prompt_and_card(args: argparse.Namespace) -> tuple[uso.UserSimulator, Card]:
    """What is to be written, from a prompt file or from a run folder, and what is known of it."""
    if not args.prompt.is_dir():
        prompt = uso.read_prompt(args.prompt)
        return uso.UserSimulator(prompt), card_beside(args.prompt, prompt)
    result = uso.load_result(args.prompt)
    sim = simulator_of_version(result, args.version or result.shipped.id)
    return sim, card_of(sim)


def make(form: Format, sim: uso.UserSimulator, *, args: argparse.Namespace, card: Card) -> Export:
    """The prompt in one form; an InputError names options as the command line does."""
    file = getattr(args, form.name)
    try:
        return form.make(sim, file, card=card, **form.keywords(vars(args)))
    except InputError as error:
        raise InputError(with_flags(str(error), form)) from error


def with_flags(message: str, form: Format) -> str:
    """A message of the library with `--base-model` for the keyword `base_model`."""
    for option in form.options:
        # Only where it stands as a keyword: a word such as `scenario` is also plain English.
        keyword = rf"^{option.name}(?= is )|\b{option.name}(?==)"
        message = re.sub(keyword, option.flag, message)
    return message


def check_files(args: argparse.Namespace, exports: dict[Format, Export]) -> None:
    """InputError for a file that would be written twice, or over one that belongs to the input."""
    read = args.prompt.iterdir() if args.prompt.is_dir() else card_files(args.prompt)
    taken = {args.prompt.resolve(), *(file.resolve() for file in read)}
    for form in exports:
        taken |= {file.resolve() for file in form.reads(vars(args))}
    for form, export in exports.items():
        for file in export.texts:
            if file.resolve() in taken:
                card = "" if file == export.file else f" and its card {file}"
                raise InputError(
                    f"{form.flag} is {export.file}{card}, a file that this command reads or writes "
                    "already; name another file"
                )
            taken.add(file.resolve())
        export.check()
        cli.check_free([export.file, *export.texts], args)
