"""Data that ships with the project; NOTICE says where it comes from."""
