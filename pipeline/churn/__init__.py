"""Who will not order in the horizon, and what the others will spend: a blend of models, tested on the past.

- What is seen: `frame`.
- Models: `members`, one of which is the `forest`, another learns who orders `sooner`; `logodds` is what they
  are stored with, `tune` searches for better settings.
- Their blend: `blend`, with weights on a `simplex`; then its `level` and `season`, then how to `calibrate`
  it.
- All of that at one past day: `backtest`; one day after the other: `origins`; as tables: `tables`. Could it
  learn noise? `shuffled`.
- Spend: `spend`, by the `variance` of amounts, no flatter than `contrast` allows; `worth` lets the CLV
  follow.
- What comes out: `scores`, and the models by `store`; what one of another day says: `foreign`.
- Why: `explain`, by `treeshap`, `shapley` and `lifetime_inputs`; in few by `reasons`; of all customers by
  `importance`.
"""
