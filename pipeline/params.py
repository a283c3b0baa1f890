"""`params.yaml` as typed, checked, frozen objects."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import UserError

Days = Annotated[int, Field(ge=1, le=3660)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A frozen section: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _read_date(value: object, problem: str) -> date:
    """Take a date, or its ISO text as `dvc exp run -S` writes it."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(problem)


class OrderColumns(Section):
    """Which column of the shop's file holds what."""

    customer_id: str = Field(min_length=1, examples=["customer_id"])
    ordered_at: str = Field(min_length=1, examples=["order_date"])
    amount: str = Field(min_length=1, examples=["total"])
    order_id: str | None = Field(default=None, min_length=1, examples=["order_number"])
    status: str | None = Field(default=None, min_length=1, examples=["order_status"])
    is_test: str | None = Field(default=None, min_length=1, examples=["is_test"])
    currency: str | None = Field(default=None, min_length=1, examples=["currency"])
    product_id: str | None = Field(default=None, min_length=1, examples=["sku"])


def _holds_a_password(url: str) -> bool:
    """Tell whether a password stands in a URL as it is: params.yaml is in git."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return False
    return bool(password) and not re.fullmatch(r"\$[A-Z][A-Z0-9_]*", password or "")


class Since(Section):
    """A watermark: only rows whose column is at or after the value are read."""

    column: str = Field(min_length=1, examples=["updated_at"])
    value: int | str | date = Field(examples=["2024-01-01"])


class Source(Section):
    """Where a table is and how it is written: files, or a database."""

    path: str | None = Field(default=None, min_length=1, examples=["data/raw/orders.csv"])
    url: str | None = Field(
        default=None, min_length=1, examples=["postgresql://churn:$SHOP_PASSWORD@db/shop"]
    )
    table: str | None = Field(default=None, min_length=1, examples=["orders"])
    query: str | None = Field(default=None, min_length=1, examples=["SELECT * FROM orders"])
    since: Since | None = Field(default=None)
    sheet: str | None = Field(default=None, min_length=1, examples=["Orders"])
    delimiter: str = Field(default="auto", min_length=1, examples=["auto"])
    encoding: str = Field(default="auto", min_length=1, examples=["auto"])
    decimal: Literal["auto", ".", ","] = Field(default="auto", examples=["auto"])
    date_format: str = Field(default="auto", min_length=1, examples=["auto"])

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str) -> str:
        if value not in ("auto", "whitespace") and len(value) != 1:
            raise ValueError("must be auto, whitespace or a single character")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.path is None) == (self.url is None):
            raise ValueError("give path (files) or url (a database), exactly one of them")
        if self.path is not None and (self.table or self.query or self.since):
            raise ValueError("table, query and since belong to a database: they need url instead of path")
        if self.url is not None and (self.table is None) == (self.query is None):
            raise ValueError("url needs table or query, exactly one of them")
        if "${" in (self.url or self.path or ""):
            raise ValueError("write $NAME without braces, which `dvc exp run -S` takes for its own")
        if _holds_a_password(self.url or self.path or ""):
            raise ValueError("a password does not belong here: write $NAME and set NAME in the environment")
        return self


class IdMapColumns(Section):
    """Which id is replaced by which."""

    from_id: str = Field(min_length=1, examples=["card_number"])
    customer_id: str = Field(min_length=1, examples=["customer_id"])


class IdMap(Source):
    """Ids that are one customer."""

    columns: IdMapColumns


class RateColumns(Section):
    """What one unit of a currency is worth in report.currency, by day."""

    day: str = Field(min_length=1, examples=["day"])
    currency: str = Field(min_length=1, examples=["currency"])
    rate: str = Field(min_length=1, examples=["rate"])


class ExchangeRates(Source):
    """Exchange rates by day."""

    columns: RateColumns


class OrderSource(Source):
    """The order log."""

    columns: OrderColumns


class TableSource(Source):
    """An optional table; its contract in `pipeline.tables.contracts` knows the columns."""

    columns: dict[str, str | None] = Field(min_length=1, examples=[{"customer_id": "kunde"}])
    words: dict[str, dict[str, str]] = Field(default={}, examples=[{"kind": {"newsletter": "broadcast"}}])


class Sources(Section):
    """The shop's tables. The order log is required, as orders or as order_lines; see docs/tables.md."""

    orders: OrderSource
    id_map: IdMap | None = Field(default=None)
    exchange_rates: ExchangeRates | None = Field(default=None)
    order_lines: TableSource | None = None
    customers: TableSource | None = None
    products: TableSource | None = None
    campaigns: TableSource | None = None
    campaign_members: TableSource | None = None
    coupon_redemptions: TableSource | None = None
    returns: TableSource | None = None
    web_events: TableSource | None = None
    messages: TableSource | None = None
    tickets: TableSource | None = None
    surveys: TableSource | None = None
    loyalty_ledger: TableSource | None = None
    referrals: TableSource | None = None
    consents: TableSource | None = None
    subscriptions: TableSource | None = None
    experiments: TableSource | None = None

    @model_validator(mode="before")
    @classmethod
    def _orders_of_lines(cls, tree: object) -> object:
        """Without an order log, the order lines are one."""
        if not isinstance(tree, Mapping) or tree.get("orders"):
            return tree
        match tree.get("order_lines"):
            case {"columns": {**columns}, **dialect}:
                own = {our: theirs for our, theirs in columns.items() if our in OrderColumns.model_fields}
                return {**tree, "orders": {**dialect, "columns": own}}
        return tree

    @property
    def optional(self) -> dict[str, TableSource]:
        """The optional tables that the shop has, by name."""
        return {name: source for name, source in self if isinstance(source, TableSource)}


class Ingest(Section):
    """What becomes of rows that are not plain orders."""

    max_quarantine_share: Share = Field(examples=[0.05])
    returns: Literal["match", "net_by_day", "drop"] = Field(default="match", examples=["match"])
    returns_from: Literal["both", "log", "table"] = Field(default="both", examples=["both"])
    duplicates: Literal["drop_repeated_order", "drop_exact", "keep"] = Field(
        default="drop_repeated_order", examples=["drop_repeated_order"]
    )
    zero_amount: Literal["keep", "drop"] = Field(default="keep", examples=["keep"])
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
        return None if value is None else _read_date(value, "must be null or a date like 2024-01-31")


class Snapshots(Section):
    """Which cutoffs the models learn from."""

    training_cutoffs: Literal["auto"] | Annotated[int, Field(ge=1, le=60)] = Field(examples=["auto"])
    spacing_days: Literal["auto"] | Days = Field(examples=["auto"])
    min_history_days: Days = Field(examples=[90])


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
            raise ValueError(f"engine: lifetimes has no {self.model}; it fits bgnbd, mbgnbd and paretonbd")
        return self


ChurnMember = Literal["btyd", "logistic", "logistic_rich", "boosting_latest", "boosting"]


class Churn(Section):
    """The churn label and the models that are blended."""

    horizon_days: Days = Field(examples=[90])
    members: Literal["auto"] | Annotated[tuple[ChurnMember, ...], Field(strict=False)] = Field(
        examples=[["btyd", "logistic"]]
    )

    @field_validator("members")
    @classmethod
    def _each_once(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not value or (len(set(value)) != len(value) and value != "auto"):
            raise ValueError("name each member once, at least one, or write auto")
        return value


class Evaluate(Section):
    """How often the models are tested, and how the intervals are made."""

    origins: Literal["auto"] | Annotated[int, Field(ge=1, le=12)] = Field(examples=["auto"])
    bootstrap_resamples: int = Field(ge=20, le=10_000, examples=[200])


class Segments(Section):
    """Where the bands and tiers lie."""

    risk_medium: Share = Field(examples=[0.5])
    risk_high: Share = Field(examples=[0.8])
    value_high_share: Share = Field(examples=[0.1])
    value_medium_share: Share = Field(examples=[0.3])

    @model_validator(mode="after")
    def _in_order(self) -> Segments:
        if self.risk_medium > self.risk_high:
            raise ValueError("risk_medium must not be above risk_high")
        if self.value_high_share + self.value_medium_share > 1:
            raise ValueError("value_high_share and value_medium_share together must not be above 1")
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
    lifetime_value: LifetimeValue
    churn: Churn
    evaluate: Evaluate
    segments: Segments
    export: Export
    report: Report
    track: Track

    @field_validator("as_of", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        return value if value == "latest" else _read_date(value, "must be latest or a date like 2024-01-31")


class _UniqueKeys(yaml.SafeLoader):
    """YAML that refuses a key given twice, where plain YAML keeps the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise UserError(
                    f"the key {key.value!r} is there twice",
                    where=f"params.yaml, line {key.start_mark.line + 1}",
                    valid="each key once",
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_params(path: Path) -> Params:
    """Read and check a parameter file.

    Raises
    ------
    UserError
        The file is missing, is not YAML, or a key is unknown, missing or has a nonsense value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(
            "there is no such file here", where=str(path), valid="run in the repository's folder"
        ) from None
    try:
        tree = yaml.load(text, Loader=_UniqueKeys)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(
            f"not YAML: {error.problem}", where=f"{path.name}{line}", valid="key: value"
        ) from None
    return parse_params(tree)


def parse_params(tree: object) -> Params:
    """Check a parameter tree, as `load_params` does.

    Raises
    ------
    UserError
        Names the first offending key, what is wrong with it, and a value that would do.
    """
    if not isinstance(tree, Mapping):
        raise UserError("empty or not a mapping", where="params.yaml", valid="as_of: latest …")
    try:
        return Params.model_validate(tree)
    except ValidationError as error:
        # An unknown key is the likelier cause of a missing one: it is told first.
        raise _explain(min(error.errors(), key=_urgency)) from None


def _urgency(error: Mapping[str, Any]) -> tuple[bool, bool, bool, int]:
    """Order errors; of the branches of a union, the one that says more than "not this word" comes first."""
    kind = error["type"]
    return kind != "extra_forbidden", kind == "missing", kind == "literal_error", -len(error["loc"])


def _explain(error: Mapping[str, Any]) -> UserError:
    keys = [str(part) for part in error["loc"] if not _is_union_branch(part)]
    name = ".".join(keys)
    parent, example = _look_up(keys)
    where = f"params.yaml: {name}" if name else "params.yaml"
    if error["type"] == "extra_forbidden":
        known = list(parent.model_fields)
        close = difflib.get_close_matches(keys[-1], known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
        return UserError("unknown key", where=where, valid=hint)
    if error["type"] == "missing":
        return UserError("this key is missing", where=where, valid=example)
    problem = str(error["msg"]).removeprefix("Value error, ")
    given = error["input"]
    shown = "" if isinstance(given, Mapping | BaseModel) else f" (got {given!r})"
    return UserError(problem[0].lower() + problem[1:] + shown, where=where, valid=example)


def _is_union_branch(part: object) -> bool:
    """Pydantic adds the tried branch of a union to a location: `literal['latest']`, `date`, `tuple[…]`."""
    return isinstance(part, str) and (
        part.startswith(("literal[", "tuple[")) or part in ("date", "constrained-int")
    )


def _look_up(keys: list[str]) -> tuple[type[BaseModel], str | None]:
    """The section that holds the last key, and an example line for it."""
    section: type[BaseModel] = Params
    example = None
    for key in keys:
        field = section.model_fields.get(key)
        if field is None:
            break
        if field.examples:
            example = f"{key}: {json.dumps(field.examples[0])}"
        inner = _section_in(field.annotation)
        if inner is None:
            break
        if key != keys[-1]:
            section = inner
    return section, example


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType):
        return next((found for arg in get_args(annotation) if (found := _section_in(arg))), None)
    return None
