"""Where every file of the pipeline lies, in one place."""

from __future__ import annotations

from pathlib import Path

ORDERS = Path("data/interim/orders.parquet")
RETURNS = Path("data/interim/returns.parquet")
QUARANTINE = Path("data/interim/quarantine.parquet")
TABLES = Path("data/interim/tables")
CONSENTS = TABLES / "consents.parquet"
LOG = Path("data/interim/log.json")
IDENTITIES = Path("data/vault/identities.parquet")

CUSTOMER_DAYS = Path("data/snapshots/customer_days.parquet")
SNAPSHOTS = Path("data/snapshots/snapshots.parquet")
CUTOFFS = Path("data/snapshots/cutoffs.json")
LIFETIME_VALUE = Path("data/snapshots/lifetime_value.parquet")

LIFETIME_VALUE_MODELS = Path("models/lifetime_value.json")
CHURN_MODEL = Path("models/churn.skops")
CHURN_HOLDOUT_MODEL = Path("models/churn_holdout.skops")
VALUE_MODEL = Path("models/value.skops")
CHURN_CARD = Path("models/churn.json")

BACKTEST = Path("data/scored/backtest.parquet")
HOLDOUT = Path("data/scored/holdout.parquet")
CUSTOMERS = Path("data/scored/customers.parquet")
EXPLANATIONS = Path("data/scored/explanations.parquet")
SEGMENTS = Path("data/scored/segments.parquet")

HISTORY = Path("data/history")

EXPORT_CSV = Path("exports/customers.csv")
EXPORT_PARQUET = Path("exports/customers.parquet")
MANIFEST = Path("exports/manifest.json")

REPORT = Path("reports/index.html")
INGEST = Path("metrics/ingest.json")
KPIS = Path("metrics/kpis.json")
PREFLIGHT = Path("metrics/preflight.json")
FORECAST = Path("metrics/forecast.json")
INTERVALS = Path("metrics/intervals.json")
LIFETIME_VALUE_METRICS = Path("metrics/lifetime_value.json")
EVALUATION = Path("metrics/evaluation.json")
DRIFT = Path("metrics/drift.json")
REALITY = Path("metrics/reality.json")
METRICS = Path("metrics")
PLOTS = Path("plots")
