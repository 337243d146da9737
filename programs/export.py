"""Write a prompt file in the forms that other tools read: python programs/export.py --help."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.results.card import card_beside, card_files
from usersim_opt.results.export.modelfile import read_scenario


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = _cli.parser(__doc__)
    parser.add_argument(
        "prompt",
        type=Path,
        help="prompt file; the card NAME.json beside it, if there is one, must be its own",
    )
    parser.add_argument(
        "--modelfile",
        type=Path,
        help="Ollama Modelfile to write; a name that ends in .json gives the body of POST /api/create",
    )
    parser.add_argument(
        "--base-model",
        help="model in Ollama to build on; by default the one that the prompt was measured with",
    )
    parser.add_argument(
        "--scenario", type=Path, help="text file with the private story to fill in, for --modelfile"
    )
    parser.add_argument(
        "--tau2", type=Path, help="tau2 guideline file to write, such as simulation_guidelines.md"
    )
    parser.add_argument("--dspy", type=Path, help="DSPy state to write, a name that ends in .json")
    args = parser.parse_args()
    if not (args.modelfile or args.tau2 or args.dspy):
        parser.error("nothing to write; expected one or more of --modelfile, --tau2, --dspy")
    if (args.base_model or args.scenario) and not args.modelfile:
        parser.error("--base-model and --scenario belong to --modelfile")
    return args


def main() -> int:
    """Read the prompt and its card, write the forms that were asked for."""
    args = arguments()
    prompt = uso.read_prompt(args.prompt)
    sim, card = uso.UserSimulator(prompt), card_beside(args.prompt, prompt)
    story = read_scenario(args.scenario) if args.scenario else None
    kinds: dict[str, Callable[..., Path]] = {
        "modelfile": partial(uso.export_modelfile, base_model=args.base_model, scenario=story),
        "tau2": uso.export_tau2,
        "dspy": uso.export_dspy,
    }
    wanted = {kind: getattr(args, kind) for kind in kinds if getattr(args, kind)}
    taken = [args.prompt.resolve(), card_files(args.prompt)[0].resolve()]
    for kind, path in wanted.items():
        if path.resolve() in taken:
            raise InputError(
                f"--{kind} is {path}, a file that this command reads or writes already; name another file"
            )
        taken.append(path.resolve())
    for kind, path in wanted.items():
        print(f"{kind}: {kinds[kind](sim, path, card=card)}")
    print(f"sha256 of the prompt: {prompt.sha256}")
    return 0


if __name__ == "__main__":
    _cli.run(main)
