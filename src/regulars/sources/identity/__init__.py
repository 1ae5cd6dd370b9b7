"""Who is the same customer: identifiers in, customer numbers out."""
