"""Measure what each piece of a prompt is worth, and write a shorter prompt: see --help."""

from usersim_opt.commands.ablate import main
from usersim_opt.commands.cli import run

if __name__ == "__main__":
    run(main, on_interrupt="stopped; with --run-dir the same command goes on")
