"""Put a prompt that a person wrote through the guard, the gates and the smoke split: see --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.consider import main

if __name__ == "__main__":
    run(main, on_interrupt="stopped; what was finished is recorded, the same command goes on")
