"""The peers: each a module that answers the same questions about one Parquet file of orders, in a process of its own.

An answer is a table flattened to `{"key": number}`, so that the answers of two peers can be compared output by output.
"""
