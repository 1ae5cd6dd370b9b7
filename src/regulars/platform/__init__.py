"""The platform wing: one company's running site. Django below; the library wing knows nothing of it."""
