"""How a command starts and ends: the table of commands, and the console command that runs them."""
