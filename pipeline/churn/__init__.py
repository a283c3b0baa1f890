"""Churn: frame, members and their blend, backtest, calibration, spend, explanations, tuning and storage."""
