"""Orders: the rows of a log judged and summed, by the `policies` of the shop.

- What a row says: when it happened (`dated`), whose it is (`identity`, by the tables of `reference`; by
  `numbers`, made of `packed` ids), in which currency (`currencies`).
- What becomes of it: the first rule it breaks (`verdicts`), what comes twice (`duplicates`, `lines`).
- What is left: orders (`purchases`) and `returns`.
"""
