"""`churn inspect --as`: a file of an optional table is read by its contract, as the section does."""

from __future__ import annotations

from contextlib import chdir
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from pipeline.errors import UserError
from pipeline.params import parse_params, parse_source
from pipeline.tables.contracts import OPTIONAL, Contract
from pipeline.tables.contracts import Column as Promised
from pipeline.tables.inspection.proposal import Inspection
from pipeline.tables.inspection.table_proposal import inspect_table
from pipeline.tables.optional.tables import Setting, read_table
from tests.conftest import ROOT
from tests.tables.conftest import finding, inspected

CONSENTS = "Kundennummer;Kanal;Einwilligung;Zeitpunkt\n" + "".join(
    f"K{n};{('E-Mail', 'SMS')[n % 2]};{('erteilt', 'widerrufen')[n % 3 == 0]};{1 + n % 28}.03.2024\n"
    for n in range(60)
)


def table(folder: Path, text: str, name: str) -> Inspection:
    (folder / "table.csv").write_text(text)
    return inspect_table(parse_source({"path": "table.csv"}), name, folder)


def rows_of(header: str, row: str) -> str:
    """Sixty rows; {n} counts them, {day} the days of a month, {either} is a word we know or one we do not."""
    rows = [row.format(n=n, day=1 + n % 28, either=("email", "zeppelin")[n % 2]) for n in range(60)]
    return "\n".join([header, *rows]) + "\n"


def columns(found: Inspection, name: str) -> dict[str, str]:
    section: dict[str, str] = yaml.safe_load(found.snippet)["sources"][name]["columns"]
    return section


def pasted(found: Inspection, folder: Path, name: str) -> tuple[int, int]:
    """How many rows a run accepts and puts into quarantine."""
    tree = yaml.safe_load((ROOT / "params.yaml").read_text())
    tree["sources"] |= yaml.safe_load(found.snippet)["sources"]
    spec = parse_params(tree).sources.optional[name]
    setting = Setting(folder, date(2030, 1, 1), 1.0, b"pepper", datetime(2030, 1, 1))
    with chdir(folder):
        counts = read_table(OPTIONAL[name], spec, setting).counts
    return counts["accepted"], counts["rows_read"] - counts["accepted"]


@pytest.mark.parametrize(
    ("name", "header", "row", "expected"),
    [
        (
            "messages",
            "Message ID,Profile ID,Send Time,Channel,Type,Opened At,Subject",
            "m{n},P{n},2024-03-{day:02}T09:00:00,email,campaign,,Sale",
            "message_id customer_id sent_at channel kind",
        ),
        (
            "tickets",
            "Ticket ID,Requester ID,Created at,Solved at,Ticket type,Satisfaction",
            "{n},U{n},2024-03-{day:02},2024-04-{day:02},question,4",
            "ticket_id customer_id opened_at resolved_at kind csat",
        ),
        (
            "returns",
            "Retourennummer;Bestellnummer;Kundennummer;Retourendatum;Erstattungsbetrag;Grund",
            "R{n};{n};K{n};{day}.03.2024;{n},50;defekt",
            "return_id order_id customer_id returned_at amount reason",
        ),
        (
            "customers",
            "Kundennummer;Angelegt am;Kundenart;Land;Geburtsjahr",
            "K{n};{day}.03.2024;Firmenkunde;DE;1980",
            "customer_id created_at account_type country birth_year",
        ),
        (
            "surveys",
            "Response ID,Customer,Submitted at,Survey,NPS",
            "{n},C{n},2024-03-{day:02},NPS,9",
            "response_id customer_id answered_at kind score",
        ),
    ],
)
def test_the_columns_of_a_table_are_found_and_the_section_reads_them(
    tmp_path: Path, name: str, header: str, row: str, expected: str
) -> None:
    found = table(tmp_path, rows_of(header, row), name)
    assert found.questions == ()
    assert set(columns(found, name)) == set(expected.split())
    assert finding(found, "tried") == "read so, 60 of 60 rows keep the contract"
    assert pasted(found, tmp_path, name) == (60, 0)


def test_words_for_consent_are_read_and_confirmed_by_a_person(tmp_path: Path) -> None:
    found = table(tmp_path, CONSENTS, "consents")
    assert yaml.safe_load(found.snippet)["sources"]["consents"]["words"] == {
        "purpose": {"E-Mail": "email"},
        "status": {"erteilt": "granted", "widerrufen": "withdrawn"},
    }
    assert pasted(found, tmp_path, "consents") == (60, 0)
    assert [question.split(":")[0] for question in found.questions] == [
        "sources.consents.columns.purpose",
        "sources.consents.columns.status",
    ]
    assert '"erteilt" as granted, "widerrufen" as withdrawn: is that what it says?' in found.questions[1]


def test_consent_in_the_words_of_the_contract_is_not_asked_about(tmp_path: Path) -> None:
    rows = "".join(
        f"K{n},{('email', 'sms')[n % 2]},{('granted', 'denied')[n % 3 == 0]},2024-03-04\n" for n in range(9)
    )
    found = table(tmp_path, f"customer,purpose,status,changed_at\n{rows}", "consents")
    assert (found.questions, finding(found, "tried")) == ((), "read so, 9 of 9 rows keep the contract")


@pytest.mark.parametrize(
    "name",
    [
        "Widerspruch",
        "Werbewiderspruch",
        "opt_out_status",
        "unsubscribe_status",
        "Status alt",
        "consent_before",
    ],
)
def test_an_objection_and_what_was_before_is_no_consent(tmp_path: Path, name: str) -> None:
    found = table(tmp_path, CONSENTS.replace("Einwilligung", name), "consents")
    assert columns(found, "consents")["status"] == "?"


@pytest.mark.parametrize(
    ("name", "header", "row", "asked"),
    [
        (
            "returns",
            "Kundennr,Bestelldatum,Eingang,Betrag",
            "{n},2024-03-{day:02},2024-04-{day:02},5.5",
            True,
        ),
        ("returns", "customer,returned_at,amount,refunded_amount", "{n},2024-03-{day:02},99.5,5.5", True),
        ("returns", "customer,returned_at,total,fee", "{n},2024-03-{day:02},99.5,5.5", True),
        ("returns", "customer,returned_at,order_total,refund", "{n},2024-03-{day:02},99.5,5.5", False),
        (
            "consents",
            "customer,purpose,status,valid_from,expiry_date",
            "{n},email,granted,2024-03-{day:02},2025-01-01",
            True,
        ),
        ("customers", "customer,is_test", "{n},1", True),
        ("customers", "customer,is_latest", "{n},1", False),
    ],
)
def test_what_little_speaks_for_is_asked(
    tmp_path: Path, name: str, header: str, row: str, asked: bool
) -> None:
    found = table(tmp_path, rows_of(header, row), name)
    assert bool(found.questions) == asked
    if not asked:
        assert not {"order_total", "is_latest"} & set(columns(found, name).values())


def test_a_word_that_may_mean_anything_is_asked_about(tmp_path: Path) -> None:
    found = table(tmp_path, CONSENTS.replace("erteilt", "ja").replace("widerrufen", "nein"), "consents")
    question = found.questions[-1]
    assert question.startswith(
        'sources.consents.words.status: what do these mean: "ja", "nein"? One of granted'
    )


def test_a_column_that_has_to_be_there_is_asked_for(tmp_path: Path) -> None:
    without = "\n".join(";".join(line.split(";")[::2]) for line in CONSENTS.splitlines())
    questions = table(tmp_path, without, "consents").questions
    questions = tuple(q for q in questions if "no column" in q)
    assert ["purpose" in questions[0], "changed_at" in questions[1]] == [True, True]
    assert "url: duckdb:// and query: SELECT *, 'email' AS purpose" in questions[0]


@pytest.mark.parametrize(
    ("name", "header", "row", "asked"),
    [
        (
            "messages",
            "recipient,profile,sent_at,channel",
            "P{n},Q{n},2024-03-{day:02},email",
            '"recipient" is taken for it, but as much speaks for "profile"',
        ),
        (
            "messages",
            "recipient,sent_at,medium",
            "P{n},2024-03-{day:02},{either}",
            "which is it of: medium?",
        ),
        (
            "messages",
            "recipient,channel,tag1,tag2",
            "P{n},email,2024-03-{day:02},2024-04-{day:02}",
            "which is it of: tag1, tag2?",
        ),
        (
            "messages",
            "recipient,channel,tag1,date",
            "P{n},email,2024-03-{day:02},2024-04-{day:02}",
            '"date" is taken for it, but as much speaks for "tag1"',
        ),
        (
            "surveys",
            "customer_id,answered_at,kind,score",
            "C{n},2024-03-{day:02},csat,{n}",
            "score above_maximum 49, score not_a_csat_score 6",
        ),
        (
            "loyalty_ledger",
            "customer_id,booked_at,kind,points",
            "P{n},2024-03-{day:02},earn,1.5",
            "which is it of: points?",
        ),
    ],
)
def test_one_question_is_asked_where_a_column_is_in_doubt(
    tmp_path: Path, name: str, header: str, row: str, asked: str
) -> None:
    [question] = table(tmp_path, rows_of(header, row), name).questions
    assert asked in question


@pytest.mark.parametrize(
    ("name", "header", "row", "expected"),
    [
        ("messages", "recipient,channel,xyz", "P{n},email,2024-03-{day:02}", "customer_id channel sent_at"),
        (
            "messages",
            "customer_id,sent_at,channel,message_id,type",
            "P{n},2024-03-{day:02},email,,Kampagne {n}",
            "customer_id sent_at channel",
        ),
        (
            "returns",
            "customer,returned_at,refund",
            "P{n},2024-03-{day:02},{n}",
            "customer_id returned_at amount",
        ),
        (
            "returns",
            "customer,returned_at,refund,reason",
            "P{n},2024-03-{day:02},{n},p{n}@shop.de",
            "customer_id returned_at amount",
        ),
        (
            "messages",
            "customer_id,sent_at,channel,type",
            "P{n},2024-03-{day:02},email,2024-04-01",
            "customer_id sent_at channel",
        ),
    ],
    ids=["the only day", "empty, and of too many kinds", "no column is two", "addresses", "days"],
)
def test_what_cannot_be_a_column_is_none(
    tmp_path: Path, name: str, header: str, row: str, expected: str
) -> None:
    assert set(columns(table(tmp_path, rows_of(header, row), name), name)) == set(expected.split())


def test_a_column_without_the_day_since_when_it_is_known_is_left_out(tmp_path: Path) -> None:
    rows = "".join(f"{n},2024-03-{1 + n % 28:02},5.50\n" for n in range(30))
    found = table(tmp_path, f"referrer,shared_at,reward\n{rows}", "referrals")
    assert (found.questions, list(columns(found, "referrals"))) == ((), ["referrer_id", "shared_at"])


def test_a_new_contract_needs_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = Contract(
        name="visits",
        grain="one visit to a branch",
        primary_key=(),
        columns=(
            Promised("customer_id", "key", "Who", entity="customer"),
            Promised("visited_at", "time", "When"),
            Promised("branch", "text", "Where", nullable=True),
            Promised("mood", "text", "How", allowed=("good", "bad")),
        ),
        event_time="visited_at",
    )
    monkeypatch.setitem(OPTIONAL, "visits", visits)
    rows = "".join(f"{n},{1 + n % 28}.03.2024,Ulm,{('Good', 'bad')[n % 2]}\n" for n in range(30))
    found = table(tmp_path, f"kunde,datum,branch,laune\n{rows}", "visits")
    assert found.questions == ()
    assert columns(found, "visits") == {
        "customer_id": "kunde",
        "visited_at": "datum",
        "branch": "branch",
        "mood": "laune",
    }


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no table 'mails'"):
        table(tmp_path, CONSENTS, "mails")


@pytest.mark.parametrize(("amount", "told"), [("", True), (",betrag", False)])
def test_a_log_that_is_another_table_is_told_so(tmp_path: Path, amount: str, told: bool) -> None:
    rows = "".join(f"K{n % 9};email;granted;{1 + n % 28}.03.2024{amount and f';{n},50'}\n" for n in range(60))
    header = f"Kundennummer;purpose;status;Zeitpunkt{amount.replace(',', ';')}\n"
    questions = "".join(inspected(tmp_path, header + rows).questions)
    assert ("the table consents: churn inspect FILE --as consents" in questions) == told


def test_a_log_whose_words_nobody_knows_is_no_other_table(tmp_path: Path) -> None:
    text = rows_of("Kundennummer,Kanal,Sendezeit", "K{day},Zeppelin,2024-03-{day:02}")
    assert "the table" not in "".join(inspected(tmp_path, text).questions)


def test_consents_in_words_of_the_shop_seem_to_be_no_messages(tmp_path: Path) -> None:
    words = CONSENTS.replace("erteilt", "ja").replace("widerrufen", "nein")
    questions = "".join(inspected(tmp_path, words).questions)
    assert "the table consents" in questions
    assert "the table messages" not in questions
