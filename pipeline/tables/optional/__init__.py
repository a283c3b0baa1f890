"""The optional tables: customers, products, returns, consents and the others, each by its contract.

`tables` leads the way: `mapping` finds their columns, `judge` the rules a row breaks, `fates` tells what
became of every row.
"""
