import copy
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipeline.errors import UserError
from pipeline.params import load_params, parse_params

PARAMS = Path(__file__).parents[2] / "params.yaml"
DOCS = sorted(path.name for path in (PARAMS.parent / "docs").glob("*.md"))
DEFAULT = yaml.safe_load(PARAMS.read_text())


def changed(key: str, value: object) -> dict:
    tree = copy.deepcopy(DEFAULT)
    *parents, last = key.split(".")
    section = tree
    for parent in parents:
        section = section[parent]
    if value is ...:
        del section[last]
    else:
        section[last] = value
    return tree


def test_the_committed_parameters_are_valid():
    params = load_params(PARAMS)
    assert params.as_of == "latest"
    assert params.churn.horizon_days > 0


def test_the_cancelled_states_of_the_big_shop_systems_are_known():
    known = set(DEFAULT["ingest"]["cancelled_status"])
    assert {"wc-cancelled", "wc-failed", "voided", "canceled", "storniert"} <= known
    assert not known & {
        "wc-completed",
        "wc-processing",
        "paid",
        "pending",
        "closed",
        "refunded",
        "wc-refunded",
    }


def test_dates_are_read_from_their_text():
    assert parse_params(changed("ingest.births_from", "1998-01-01")).ingest.births_from == date(1998, 1, 1)
    assert parse_params(changed("as_of", "1998-01-01")).as_of == date(1998, 1, 1)


@pytest.mark.parametrize("model", ["nbd", "mbgcnbd"])
def test_lifetimes_does_not_fit_what_it_lacks(model):
    tree = changed("lifetime_value.engine", "lifetimes")
    assert parse_params(tree).lifetime_value.engine == "lifetimes"
    tree["lifetime_value"]["model"] = model
    with pytest.raises(UserError, match=f"engine: lifetimes has no {model}") as caught:
        parse_params(tree)
    assert "lifetime_value" in caught.value.where
    assert caught.value.valid == 'engine: "own"'


@pytest.mark.parametrize(
    ("key", "value", "problem", "valid"),
    [
        ("churn.horizon_day", 60, "unknown key", "did you mean horizon_days?"),
        ("chrun", {}, "unknown key", "did you mean churn?"),
        ("churn.horizon_days", ..., "missing", "horizon_days: 90"),
        ("churn.horizon_days", -3, "greater than or equal to 1 (got -3)", "horizon_days: 90"),
        ("churn.horizon_days", 0, "greater than or equal to 1", "horizon_days: 90"),
        ("churn.horizon_days", "60", "valid integer (got '60')", "horizon_days: 90"),
        ("churn.horizon_days", 60.5, "valid integer", "horizon_days: 90"),
        ("churn.horizon_days", True, "valid integer", "horizon_days: 90"),
        ("churn.members", [], "at least one", "members: "),
        ("churn.members", ["btyd", "btyd"], "each member once", "members: "),
        ("churn.members", ["woods"], "'boosting' or 'forest'", "members: "),
        ("lifetime_value.engine", "R", "'own' or 'lifetimes'", 'engine: "own"'),
        ("snapshots.spacing_days", 0, "greater than or equal to 1 (got 0)", 'spacing_days: "auto"'),
        ("snapshots.training_cutoffs", "many", "valid integer", 'training_cutoffs: "auto"'),
        ("features.demographics", "yes", "valid boolean", "demographics: "),
        ("evaluate.campaign.offer_cost", 200, "offer_cost must be below customer_worth", "offer_cost: 10"),
        ("evaluate.campaign.contact_cost", -1, "greater than or equal to 0", "contact_cost: 1.0"),
        ("evaluate.origins", 2.5, "valid integer", 'origins: "auto"'),
        ("monitor.action", "stop", "'mark' or 'stop_export'", 'action: "mark"'),
        ("monitor.psi_feature", 0, "greater than 0", "psi_feature: 0.25"),
        ("monitor.months", 0, "greater than or equal to 1", "months: 24"),
        ("monitor.churn_gap", 5, "less than or equal to 1", "churn_gap: 0.05"),
        ("as_of", "1998-13-01", "latest or a date", "as_of: "),
        ("as_of", "yesterday", "latest or a date", "as_of: "),
        ("as_of", date(1998, 1, 1), "latest or a date", "as_of: "),
        ("sources.orders.columns.customer_id", None, "valid string", "customer_id: "),
        ("sources.orders.delimiter", ";;", "single character", "delimiter: "),
        ("sources.orders.path", None, "exactly one of them", "path: data/raw/orders.csv"),
        ("sources.orders.url", "sqlite:///shop.db", "exactly one of them", "path: data/raw/orders.csv"),
        ("sources.orders.table", "orders", "they need url instead of path", "url: postgresql://"),
        ("sources.orders.since", {"column": "day", "value": 1.5}, "valid integer (got 1.5)", "value: "),
        ("lifetime_value.model", "prophet", "'mbgcnbd' or 'paretonbd'", 'model: "auto"'),
        ("lifetime_value.margin", float("nan"), "finite number", "margin: 1.0"),
        ("segments.value_floor", float("inf"), "finite number", "value_floor: 10.0"),
        ("segments.value_high_share", 0.8, "together must not be above 1", "value_high_share: 0.1"),
        ("lifetime_value.discount_rate_per_year", 10, "less than 10", "discount_rate_per_year: 0.1"),
        ("segments.risk_medium", 0.9, "must not be above risk_high", "risk_medium: 0.5"),
        ("report.currency", "Euro", "pattern", 'currency: "EUR"'),
        ("ingest.returns", "net", "'match', 'net_by_day' or 'drop'", 'returns: "match"'),
        (
            "ingest.duplicates",
            True,
            "'drop_repeated_order', 'drop_exact' or 'keep'",
            'duplicates: "drop_repeated_order"',
        ),
        ("ingest.zero_amount", 0, "'keep' or 'drop'", 'zero_amount: "keep"'),
        ("ingest.cancelled_status", "void", "valid tuple", 'cancelled_status: ["cancelled"'),
        ("ingest.exclude_customers", [""], "at least 1 character", "exclude_customers: "),
        ("ingest.timezone", "Berlin", "not a time zone", 'timezone: "Europe/Berlin"'),
        ("ingest.births_from", "soon", "null or a date", "births_from: "),
        ("sources.id_map", {"path": "ids.csv"}, "missing", "columns: with from_id, customer_id below it"),
        ("sources.orders.columns.amount", None, "needs amount", "amount: total"),
        ("sources.orders.columns.currency", "", "at least 1 character", "currency: "),
        ("churn", None, "not a section of keys", "churn: with horizon_days"),
    ],
)
def test_nonsense_names_the_key_the_problem_and_a_valid_example(key, value, problem, valid):
    with pytest.raises(UserError) as caught:
        parse_params(changed(key, value))
    error = caught.value
    assert error.where is not None
    told = error.where.removeprefix("params.yaml: ")
    assert told.startswith(key) or told == key.rsplit(".", 1)[0]  # or what is between keys of one section
    assert problem in error.problem
    assert valid in (error.valid or "")


DATABASE = {"url": "postgresql://shop:$PASSWORD@db/shop", "table": "orders"}


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        (DATABASE, None),
        ({**DATABASE, "since": {"column": "updated_at", "value": "2024-01-01"}}, None),
        ({**DATABASE, "table": None, "query": "SELECT 1"}, None),
        ({"path": "sftp://shop:$PASSWORD@host/orders.csv"}, None),
        ({**DATABASE, "query": "SELECT 1"}, "url needs table or query, exactly one of them"),
        ({**DATABASE, "table": None}, "url needs table or query, exactly one of them"),
        (
            {**DATABASE, "url": "postgresql://shop:hush@db/shop"},
            "write $NAME and set NAME in the environment",
        ),
        ({**DATABASE, "url": "postgresql://shop:${PASSWORD}@db/shop"}, "write $NAME without braces"),
        ({"path": "sftp://shop:hush@host/orders.csv"}, "write $NAME and set NAME in the environment"),
        ({**DATABASE, "url": "postgresql://shop@db/shop?sslmode=require&password=hush"}, "write $NAME"),
        ({**DATABASE, "url": "host=db user=shop password = 'hush hush'"}, "write $NAME"),
        ({"path": "https://shop.example/orders.csv?token=hush"}, "write $NAME"),
        ({"path": "az://shop/orders.csv?sv=2024&sig=hush"}, "write $NAME"),
        ({"path": "https://shop.example/orders.csv?X-Amz-Signature=hush"}, "write $NAME"),
        ({"path": "https://shop.example/orders.csv?api_key=$KEY&page=1"}, None),
        ({**DATABASE, "url": "postgresql://shop@db/shop?password=$PASSWORD&sslkey=/etc/key.pem"}, None),
        ({"path": "data/raw/token=a/*.csv"}, None),
        *(
            ({"path": f"https://shop.example/orders.csv?{name}=hush"}, "write $NAME")
            for name in ("dbPass", "user_pass", "accesstoken", "secret_key", "SharedAccessKey", "x-api-key")
        ),
        *(
            ({"path": f"https://shop.example/orders.csv?{name}=hush"}, None)
            for name in ("sort_key", "primarykey", "compass", "bypass", "design", "token_type")
        ),
    ],
)
def test_a_source_is_files_or_a_database_and_holds_no_password(place, problem):
    tree = changed("sources.orders.path", None)
    tree["sources"]["orders"] |= place
    if problem is None:
        assert parse_params(tree).sources.orders.url == place.get("url")
        return
    with pytest.raises(UserError) as caught:
        parse_params(tree)
    assert problem in caught.value.problem
    assert "hush" not in str(caught.value)


TABLE = {"path": "data/raw/customers.csv", "columns": {"customer_id": "kunde"}}


@pytest.mark.parametrize(
    ("table", "problem", "where", "valid"),
    [
        ({**TABLE, "colums": {}}, "unknown key", "customers.colums", "did you mean columns?"),
        ({"columns": {"a": "b"}}, "give path (files) or url (a database)", "customers", None),
        ({"path": "x.csv"}, "missing", "customers.columns", "columns: "),
        ({**TABLE, "columns": {}}, "at least 1", "customers.columns", "columns: "),
        (
            {**TABLE, "columns": {"customer_id": 3}},
            "valid string (got 3)",
            "customers.columns.customer_id",
            None,
        ),
        ({**TABLE, "delimiter": ";;"}, "single character", "customers.delimiter", "delimiter: "),
        ({**TABLE, "words": {"kind": "flow"}}, "valid dictionary", "customers.words.kind", None),
        ("customers.csv", "not a section of keys", "customers", "customers: with path"),
    ],
)
def test_a_table_that_makes_no_sense_is_told_by_its_key(table, problem, where, valid):
    with pytest.raises(UserError) as caught:
        parse_params(changed("sources.customers", table))
    assert caught.value.where == f"params.yaml: sources.{where}"
    assert problem in caught.value.problem
    assert valid is None or valid in (caught.value.valid or "")


def test_an_unknown_table_is_an_error_and_an_empty_one_is_off():
    with pytest.raises(UserError, match="did you mean customers"):
        parse_params(changed("sources.customer", TABLE))
    assert parse_params(changed("sources.customers", None)).sources.optional == {}
    assert list(parse_params(changed("sources.customers", TABLE)).sources.optional) == ["customers"]


def test_the_order_log_is_required_as_orders_or_as_order_lines():
    columns = {"order_id": "o", "customer_id": "c", "ordered_at": "t", "amount": "a", "product_id": "p"}
    lines = {"path": "lines.csv", "columns": columns, "decimal": ","}
    orders = parse_params(changed("sources", {"order_lines": lines})).sources.orders
    assert (orders.path, orders.decimal, orders.columns.order_id) == ("lines.csv", ",", "o")
    with pytest.raises(UserError, match=r"sources\.orders"):
        parse_params(changed("sources", {"customers": TABLE}))


@pytest.mark.parametrize(
    ("paid", "good"),
    [
        ({"amount": "a"}, True),
        ({"unit_price": "u", "quantity": "q"}, True),
        ({}, False),
        ({"unit_price": "u"}, False),
        ({"amount": "a", "quantity": "q"}, False),
        ({"amount": "a", "unit_price": "u", "quantity": "q"}, False),
    ],
)
def test_what_was_paid_is_an_amount_or_a_price_and_a_quantity(paid, good):
    tree = changed("sources.orders.columns", {"customer_id": "c", "ordered_at": "t", **paid})
    if good:
        assert parse_params(tree).sources.orders.columns.amount == paid.get("amount")
    else:
        with pytest.raises(UserError, match="or unit_price and quantity, and not both"):
            parse_params(tree)


def test_the_quantity_of_order_lines_does_not_multiply_their_amount():
    columns = {"order_id": "o", "customer_id": "c", "ordered_at": "t", "amount": "a", "quantity": "q"}
    sources = parse_params(changed("sources", {"order_lines": {"path": "x.csv", "columns": columns}})).sources
    assert sources.orders.columns.quantity is None


def test_what_tells_orders_from_lines_is_read_from_the_lines_where_there_is_no_log():
    told = {"status": "s", "is_test": "x", "currency": "w"}
    columns = {"order_id": "o", "customer_id": "c", "ordered_at": "t", "amount": "a"}
    given = {"order_lines": {"path": "x.csv", "columns": columns | told}}
    sources = parse_params(changed("sources", given)).sources
    assert {our: theirs for our, theirs in sources.orders.columns if our in told} == told
    assert sources.order_lines.columns == columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty or not a mapping"),
        ("just text", "empty or not a mapping"),
        ("a: [1, 2", "not YAML"),
        ("as_of: latest\nas_of: latest\n", "there twice"),
        ("seed: 1\nseed: 2\n", "line 2"),
        ("seed: 1\nas_of: 2024-01-31\n", "line 2: the date 2024-01-31 stands without quotes"),
        ("seed: 1\n? [a]\n: b\n", "line 2: a key is a list or a mapping"),
        ("seed: 1\nas_of: \x07\n", r"line 2: the character U\+0007 has no place"),
        ("seed: 1\ncustomer_id: Käufer\n".encode("cp1252"), "line 2: the file is not written in UTF-8"),
        ("seed: 1\n".encode("utf-16"), "line 1: the file is not written in UTF-8"),
    ],
)
def test_a_broken_file_is_told_by_line(tmp_path, text, expected):
    file = tmp_path / "params.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=expected):
        load_params(file)


def test_dvc_reads_the_dates_that_are_accepted_and_no_others(tmp_path):
    def run(*command):
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    run("dvc", "init", "--no-scm")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    file = tmp_path / "params.yaml"
    for text in ('as_of: "2024-01-31"', "as_of: 2024-01-31"):
        file.write_text(PARAMS.read_text().replace("as_of: latest", text))
        ours = run(sys.executable, "-m", "pipeline.params")
        dvc = run("dvc", "repro", "--dry")
        assert (ours.returncode == 0) == (dvc.returncode == 0) == ('"' in text)
    assert "params.yaml, line" in ours.stderr
    assert 'valid: "2024-01-31"' in ours.stderr


@pytest.mark.parametrize("page", ["README.md", "params.yaml", *(f"docs/{name}" for name in DOCS)])
def test_the_dates_shown_to_users_are_in_quotes(page):
    assert not re.findall(r"\w: \d{4}-\d\d-\d\d", (PARAMS.parent / page).read_text())


def test_a_missing_file_says_where_to_run(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        load_params(tmp_path / "params.yaml")
