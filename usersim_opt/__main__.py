"""`python -m usersim_opt` is the console command."""

from usersim_opt.commands.entry.start import main

if __name__ == "__main__":
    main()
