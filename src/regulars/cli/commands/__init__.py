"""One module a command, each with `app`. They import what they need at the top: only the called one is ever loaded."""
