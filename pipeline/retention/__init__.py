"""Retention figures and customer segments: what a shop does with the scores.

- Of the shop: `kpis`, of its other tables `table_kpis`.
- Of a customer: `rfm`, and the risk band, value tier and stage of `lifecycle`; what to do: `actions`.
- All of these together: `segments`; their sums that may be shown: `aggregates`.
"""
