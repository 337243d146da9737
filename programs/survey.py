"""Have a simulated customer rate conversations that people had: python programs/survey.py --help.

What it answers is for `measure_realism.py --human FILE --survey OUT`: a part of the User-Sim Index.
"""

from usersim_opt.commands.cli import run
from usersim_opt.commands.survey import main

if __name__ == "__main__":
    run(main, on_interrupt="stopped; answers stay, the same command goes on")
