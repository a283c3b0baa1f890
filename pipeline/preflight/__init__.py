"""What the data can carry.

- The report: `availability`, with the other `tables`; as one screen: `screen`.
- What follows from it: the data `floors`, the recommended `horizon`; in words, `closures` that matter and
  the `age` of the data.
"""
