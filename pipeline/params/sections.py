"""Every other section of `params.yaml`, one class each, and the whole of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from pipeline.params.section import Days, Section, Share, Text, at_odds, read_date
from pipeline.params.sources import Sources


class Ingest(Section):
    """What becomes of rows that are not plain orders."""

    max_quarantine_share: Share = Field(examples=[0.05])
    returns: Literal["match", "net_by_day", "drop"] = Field(default="match", examples=["match"])
    returns_from: Literal["both", "log", "table"] = Field(default="both", examples=["both"])
    duplicates: Literal["drop_repeated_order", "drop_exact", "keep"] = Field(
        default="drop_repeated_order", examples=["drop_repeated_order"]
    )
    zero_amount: Literal["keep", "drop"] = Field(default="keep", examples=["keep"])
    customer_ids: Literal["as_written", "small_letters"] = Field(
        default="as_written", examples=["as_written"]
    )
    missing_customer_id: Literal["quarantine", "leave_out"] = Field(
        default="quarantine", examples=["quarantine"]
    )
    cancelled_status: tuple[Text, ...] = Field(
        default=(), strict=False, examples=[["cancelled", "storniert"]]
    )
    exclude_customers: tuple[Text, ...] = Field(default=(), strict=False, examples=[["test-*"]])
    timezone: str | None = Field(default=None, examples=["Europe/Berlin"])
    births_from: date | None = Field(default=None, examples=["2023-01-01"])

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError("not a time zone of the IANA list")
        return value

    @field_validator("births_from", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        return None if value is None else read_date(value, 'must be null or a date like "2024-01-31"')


class Snapshots(Section):
    """Which cutoffs the models learn from."""

    training_cutoffs: Literal["auto"] | Annotated[int, Field(ge=1, le=60)] = Field(examples=["auto"])
    spacing_days: Literal["auto"] | Days = Field(examples=["auto"])
    min_history_days: Days = Field(examples=[90])


class Features(Section):
    """What the models may know of a customer."""

    demographics: bool = Field(default=False, examples=[False])


class LifetimeValue(Section):
    """The lifetime-value models and their money."""

    model: Literal["auto", "nbd", "bgnbd", "mbgnbd", "mbgcnbd", "paretonbd"] = Field(examples=["auto"])
    engine: Literal["own", "lifetimes"] = Field(default="own", examples=["own"])
    season: Literal["auto", "off", "exposure", "anchor"] = Field(default="auto", examples=["auto"])
    clv_horizon_days: Days = Field(examples=[365])
    discount_rate_per_year: float = Field(ge=0, lt=10, examples=[0.1])
    margin: float = Field(gt=0, le=1, examples=[1.0])

    @model_validator(mode="after")
    def _engine_knows_model(self) -> LifetimeValue:
        if self.engine == "lifetimes" and self.model in ("nbd", "mbgcnbd"):
            raise at_odds(
                f"engine: lifetimes has no {self.model}; it fits bgnbd, mbgnbd and paretonbd", 'engine: "own"'
            )
        return self


ChurnMember = Literal["btyd", "logistic", "logistic_rich", "boosting_half", "boosting", "forest"]


class Churn(Section):
    """The churn label and the models that are blended."""

    horizon_days: Days = Field(examples=[90])
    members: Literal["auto"] | Annotated[tuple[ChurnMember, ...], Field(strict=False)] = Field(
        examples=[["btyd", "logistic"]]
    )
    half_life_days: Days | None = Field(examples=[180])
    tune_minutes: float = Field(ge=0, le=1440, examples=[0])

    @field_validator("members")
    @classmethod
    def _each_once(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not value or (len(set(value)) != len(value) and value != "auto"):
            raise ValueError("name each member once, at least one, or write auto")
        return value


class Campaign(Section):
    """What a campaign to keep customers costs and earns, per customer; see the EMPC."""

    customer_worth: float = Field(default=200.0, gt=0, examples=[200.0])
    offer_cost: float = Field(default=10.0, ge=0, examples=[10.0])
    contact_cost: float = Field(default=1.0, ge=0, examples=[1.0])

    @model_validator(mode="after")
    def _offer_can_pay(self) -> Campaign:
        if self.offer_cost >= self.customer_worth:
            raise at_odds(
                "offer_cost must be below customer_worth, or no campaign can pay",
                "customer_worth: 200 with offer_cost: 10",
            )
        return self


class Evaluate(Section):
    """How often the models are tested, how the intervals are made, what a campaign would earn."""

    origins: Literal["auto"] | Annotated[int, Field(ge=1, le=12)] = Field(examples=["auto"])
    bootstrap_resamples: int = Field(ge=20, le=10_000, examples=[200])
    campaign: Campaign = Campaign()


class Monitor(Section):
    """From when on a drift, or a past prediction that failed, is an alarm, and what it does."""

    action: Literal["mark", "stop_export"] = Field(default="mark", examples=["mark"])
    psi_feature: float = Field(default=0.25, gt=0, examples=[0.25])
    psi_score: float = Field(default=0.25, gt=0, examples=[0.25])
    churn_gap: Share = Field(default=0.05, examples=[0.05])
    log_loss_rise: float = Field(default=0.1, ge=0, examples=[0.1])
    spend_bias: float = Field(default=0.25, gt=0, examples=[0.25])
    months: int = Field(default=24, ge=1, examples=[24])


class Segments(Section):
    """Where the bands and tiers lie."""

    risk_medium: Share = Field(examples=[0.5])
    risk_high: Share = Field(examples=[0.8])
    value_high_share: Share = Field(examples=[0.1])
    value_medium_share: Share = Field(examples=[0.3])
    value_floor: float = Field(default=0.0, ge=0, examples=[10.0])

    @model_validator(mode="after")
    def _in_order(self) -> Segments:
        if self.risk_medium > self.risk_high:
            raise at_odds("risk_medium must not be above risk_high", "risk_medium: 0.5 with risk_high: 0.8")
        if self.value_high_share + self.value_medium_share > 1:
            raise at_odds(
                "value_high_share and value_medium_share together must not be above 1",
                "value_high_share: 0.1 with value_medium_share: 0.3",
            )
        return self


class Export(Section):
    """The shape of the CRM files."""

    csv_dialect: Literal["machine", "excel-de"] = Field(examples=["machine"])


class Report(Section):
    """The page people read."""

    title: str = Field(min_length=1, max_length=80, examples=["My shop"])
    language: Literal["en", "de"] = Field(examples=["en"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["EUR"])


class Track(Section):
    """Where runs are kept."""

    experiment: str = Field(min_length=1, examples=["churn-clv"])


class Params(Section):
    """Everything a run depends on."""

    as_of: Literal["latest"] | date = Field(examples=["latest"])
    seed: int = Field(ge=0, lt=2**32, examples=[7])
    sources: Sources
    ingest: Ingest
    snapshots: Snapshots
    features: Features = Features()
    lifetime_value: LifetimeValue
    churn: Churn
    evaluate: Evaluate
    monitor: Monitor = Field(default=Monitor())
    segments: Segments
    export: Export
    report: Report
    track: Track

    @field_validator("as_of", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        return value if value == "latest" else read_date(value, 'must be latest or a date like "2024-01-31"')
