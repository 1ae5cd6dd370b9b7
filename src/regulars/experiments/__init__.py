"""What it was worth: who is held out, how many are needed, and effects with intervals. See docs/decisions/0030."""
