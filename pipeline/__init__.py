"""From an order history to scored customer segments: features, lifetime value, churn, export."""
