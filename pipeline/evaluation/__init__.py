"""How good the predictions are. It knows arrays and tables, no models.

- Measures: `metrics`, `recalibration`, `profit` and `distribution`, on the counting of `weighted`;
  `curves`.
- The contest: `rules` to beat, the two `kinds` of predictions, who takes part (`contest`), intervals by
  `bootstrap`, a `grade`; `evaluate` puts it together, `headline` keeps the few numbers that are shown.
- What is wrong all the same: `slices`, `fairness`, `alarms`.
- After today: `drift`, `reality`, and the `duel` with the champion.
"""
