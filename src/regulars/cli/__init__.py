"""The `regulars` command. `main` holds the list of commands; each is one module in `commands/`, loaded when it is called."""
