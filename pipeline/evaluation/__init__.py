"""Evaluation: metrics, intervals, rules to beat, grades, curves. It knows arrays, not models."""
