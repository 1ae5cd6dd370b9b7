"""What people may type on pages, and what is said when it cannot be used."""
