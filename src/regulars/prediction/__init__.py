"""What will happen: purchase models, lifetime value, risk with reasons, recommendations. See docs/decisions/0030."""
