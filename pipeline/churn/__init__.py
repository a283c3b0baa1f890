"""Churn: training frame, classifier and its storage."""
