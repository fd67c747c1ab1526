"""Hardware by its words: moves and what is no move, statements that charge no day twice, files line by line."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge import hardware, hardware_rows, settlement
from knowledge.hardware import HELD, MOVES, OUT, STATES, Happened, Item
from knowledge.inputs import Here
from knowledge.library import load
from knowledge.refused import Refused
from knowledge.settlement import Cost, Rent
from tests.knowledge.asking import answer

ENDED = date(2026, 10, 31)
TODAY = date(2026, 11, 22)
HERE = Here(datetime(2026, 11, 22, 12, tzinfo=UTC), ZoneInfo("Europe/Brussels"))


def item(**more: Any) -> Item:
    known: dict[str, Any] = {"tag": "LT-1", "description": "Laptop", "agreement": "acme", "client": "Acme NV"}
    return Item(**known | {"fee": Decimal(300)} | more)


def rent(
    until: date,
    charged: dict[str, Decimal] | None = None,
    fee: str = "300",
    per: str = "month",
    mark: date | None = None,
) -> Rent:
    found = answer("fee", "hardware-overdue", {"ended": str(ENDED), "as_of": str(until), "fee": fee, "per": per})
    return Rent("LT-1", until, found, charged or {}, mark)


def totals(*rents: Rent, costs: tuple[Cost, ...] = ()) -> dict[str, Decimal]:
    made = settlement.compose("acme-1", "acme", "Acme NV", rents[0].until, rents, costs)
    assert all(r.total == sum((line.amount for _, line in made.under(r.name)), Decimal(0)) for r in made.readings)
    return {reading.name: reading.total for reading in made.readings}


def test_only_moves_of_the_table_are_made() -> None:
    for state in STATES:
        for name, move in MOVES.items():
            if state in move.since:
                hardware.check(item(state=state), state, name, TODAY, TODAY)
            else:
                with pytest.raises(Refused, match=r"LT-1 cannot be .* it is .* From there it can be: "):
                    hardware.check(item(state=state), state, name, TODAY, TODAY)


def test_every_state_can_be_reached_and_a_settled_item_is_rented_again() -> None:
    reached, before = {"ordered"}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {move.to for move in MOVES.values() if reached & set(move.since)}
    assert reached == set(STATES)
    assert set(HELD) < set(OUT) < set(STATES)


def test_a_return_before_delivery_is_refused_in_words() -> None:
    with pytest.raises(
        Refused, match=r"LT-1 cannot be returned: it is ordered\. From there it can be: delivered, written"
    ):
        hardware.check(item(), "ordered", "return", TODAY, TODAY)
    out = item(state="in use", delivered=date(2026, 11, 2))
    with pytest.raises(Refused, match=r"before LT-1 was delivered \(Mon 2 Nov 2026\)"):
        hardware.check(out, "in use", "return", date(2026, 11, 1), TODAY)
    with pytest.raises(Refused, match="has not come yet"):
        hardware.check(out, "in use", "return", date(2026, 11, 23), TODAY)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 10, 31), "in use"),
        (date(2026, 11, 1), "end of agreement"),
        (date(2026, 11, 13), "end of agreement"),
        (date(2026, 11, 14), "return due"),
    ],
)
def test_the_clock_moves_what_the_client_holds_at_the_end_of_its_agreement(today: date, state: str) -> None:
    assert hardware.standing(item(state="in use"), ENDED, date(2026, 11, 14), today) == state
    assert hardware.standing(item(state="returned"), ENDED, date(2026, 11, 14), today) == "returned"
    assert hardware.standing(item(state="in use"), None, None, today) == "in use"


MOVED = st.lists(
    st.tuples(st.sampled_from([*MOVES, "check", "insure", "charge", "attach", "lift", "edit"]), st.integers(0, 60)),
    max_size=12,
)


@given(MOVED)
def test_an_item_is_what_its_events_say_and_survives_being_kept(moves: list[tuple[str, int]]) -> None:
    data: dict[str, Any] = {"until": "2026-12-01", "charged": {"": "3.00"}, "what": "attachment", "place": "Ghent"}
    data |= {"costs": [{"label": "Repair", "clause": "35.3", "amount": "5.00", "from": "inspect"}]}
    data |= {"agreement": "tulip", "client": "Tulip", "description": "Laptop", "fee": "10.00", "tag": "LT-1"}
    events = [Happened("add", TODAY, hardware.to_data(item()))]
    live = item()
    for kind, day in moves:
        what = Happened(kind, ENDED + timedelta(day), data)
        events.append(what)
        live = hardware.after(live, what)
        assert hardware.of_data(hardware.to_data(live)) == live
    assert hardware.folded(events) == live


def test_a_second_inspection_takes_the_place_of_the_first_and_the_shipping_stays() -> None:
    costs = hardware.costs
    back = hardware.after(item(), Happened("return", TODAY, {"costs": costs({"shipping": Decimal("25")}, "return")}))
    first = Happened("inspect", TODAY, {"costs": costs({"repair": Decimal("80"), "parts": Decimal("0")}, "inspect")})
    second = Happened("inspect", TODAY, {"costs": costs({"repair": Decimal("60")}, "inspect")})
    owed = hardware.after(hardware.after(back, first), second).owed
    assert [(cost["label"], cost["amount"], cost["clause"]) for cost in owed] == [
        ("Shipping of the return", "25.00", "35.2"),
        ("Repair", "60.00", "35.3"),
    ]


def test_what_a_checklist_finds_is_charged_by_its_clause() -> None:
    found = hardware.charged_findings({"housing": "damaged", "labels": "removed or unreadable", "keys": "normal wear"})
    assert found == (
        ("Housing", "damaged", "35.3"),
        ("Markings and labels of ITQ", "removed or unreadable", "34.2"),
    )


def test_the_clauses_of_the_house_say_what_they_are_named_for() -> None:
    itq = load().document("itq")
    words = {"35.3": "replacement or repair", "31.2": "repair or replacement", "34.2": "unreadable"}
    words |= {"33.2": "at the Client’s expense", "35.2": "costs associated with returning"}
    shelf = hardware.house()
    used = {entry["clause"] for table in ("conditions", "costs") for entry in shelf[table].values()}
    assert used == set(words)
    for number, said in words.items():
        assert said in itq.clause(number).text


def test_rent_repair_and_shipping_stand_on_one_statement_under_every_reading() -> None:
    # 35.1, 300 a month ended Sat 31 Oct 2026, returned Mon 30 Nov: 300.00, 14 of 30 days 140.00, one month 300.00.
    costs = (Cost("LT-1", "Repair", "35.3", Decimal("80")), Cost("LT-1", "Shipping", "35.2", Decimal("25.50")))
    assert totals(rent(date(2026, 11, 30)), costs=costs) == {
        "from-end": Decimal("405.50"),
        "from-due": Decimal("245.50"),
        "whole-periods": Decimal("405.50"),
    }


def test_a_second_statement_charges_only_what_the_first_did_not() -> None:
    first = rent(date(2026, 11, 30))
    second = rent(date(2026, 12, 2), first.so_far())
    # To 2 Dec 319.35 / 159.35 / 600.00 in all; less 300.00 / 140.00 / 300.00.
    assert totals(second) == {
        "from-end": Decimal("19.35"),
        "from-due": Decimal("19.35"),
        "whole-periods": Decimal("300.00"),
    }
    assert second.so_far()[settlement.ASKED] == Decimal("319.35")


def test_the_lines_of_a_second_statement_begin_the_day_after_the_first() -> None:
    first = rent(date(2026, 11, 20))
    second = rent(date(2026, 12, 2), first.so_far(), mark=first.until)
    made = settlement.compose("acme-2", "acme", "Acme NV", second.until, [second], ())
    # To 20 Nov 200.00 / 40.00 / 300.00; the whole of November 300.00 / 140.00; 1 and 2 Dec 2 of 31 days, 19.35.
    nov, dec = (date(2026, 11, 21), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 2))
    told = [(number, line.since, line.until, line.days, str(line.amount)) for number, line in made.under("from-end")]
    assert told == [(1, *nov, 10, "100.00"), (2, *dec, 2, "19.35")]
    told = [(number, line.since, line.until, line.days, str(line.amount)) for number, line in made.under("from-due")]
    assert told == [(3, *nov, 10, "100.00"), (4, *dec, 2, "19.35")]
    ((_, line),) = made.under("whole-periods")
    assert (line.since, line.until, str(line.amount)) == (nov[0], dec[1], "300.00")
    assert line.label == "Rent up to Wed 2 Dec 2026 EUR 600.00, less EUR 300.00 charged before"


def test_what_was_charged_beyond_the_return_is_given_back() -> None:
    charged = rent(date(2026, 11, 30)).so_far()
    assert totals(rent(date(2026, 11, 25), charged))["from-end"] == Decimal("-50.00")


def test_a_reading_that_was_settled_later_counts_what_was_asked_for() -> None:
    only = rent(date(2026, 11, 30), {settlement.ASKED: Decimal("100")})
    assert totals(only) == {
        "from-end": Decimal("200.00"),
        "from-due": Decimal("40.00"),
        "whole-periods": Decimal("200.00"),
    }


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True),
    st.decimals("0.01", "5000", places=2),
    st.sampled_from(["day", "week", "month", "year"]),
)
@example([14, 16, 17, 30, 31], Decimal("300"), "month")
def test_statements_add_up_to_the_rule_and_no_day_is_charged_twice(days: list[int], fee: Decimal, per: str) -> None:
    """However often it is charged in between, each reading's statements add up to what the rule says at the end."""
    charged: dict[str, Decimal] = {}
    sums: dict[str, Decimal] = {}
    for day in sorted(days):
        one = rent(ENDED + timedelta(day), charged, str(fee), per)
        made = totals(one)
        assert all(sum >= 0 for sum in made.values()), "a later day never costs less"
        sums = {name: sums.get(name, Decimal(0)) + sum for name, sum in made.items()}
        charged = one.so_far()
    whole = rent(ENDED + timedelta(max(days)), fee=str(fee), per=per).answer
    assert sums == {reading.name: reading.total for reading in whole.readings}


def test_the_same_rents_and_costs_give_the_same_statement() -> None:
    made = [settlement.to_json(settlement.compose("a-1", "a", "A", ENDED, [rent(ENDED)], ())) for _ in range(2)]
    assert made[0] == made[1]


HEAD = "tag,description,agreement,fee"
AGREEMENTS = {"acme": "Acme NV", "tulip": "Tulip BV"}


def read(text: str | bytes, *taken: str) -> hardware_rows.Sheet:
    content = text if isinstance(text, bytes) else text.encode()
    return hardware_rows.sheet(content, HERE, AGREEMENTS, taken.__contains__)


def test_a_file_is_read_with_commas_or_semicolons_with_or_without_a_mark() -> None:
    text = f'{HEAD},delivered,value\nlt-1,"Laptop, 14 inch",acme,35.50,2026-11-02,1200\n'
    for content in (text, text.replace("Laptop, 14 inch", "Laptop 14").replace(",", ";")):
        for mark in (b"", b"\xef\xbb\xbf"):
            (row,) = read(mark + content.encode()).rows
            assert (row.item.tag, row.item.fee, row.item.client, row.item.value) == (
                "LT-1",
                Decimal("35.50"),
                "Acme NV",
                1200,
            )
            assert row.delivered == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("tag,description,agreement\n", "The column fee is missing; a file needs tag, description, fee"),
        ("tag,description,fee\n", "The column agreement is missing (or client"),
        (f"{HEAD},colour\n", "There is no column 'colour'"),
        (f"{HEAD},serail\n", "Did you mean serial?"),
        (f"{HEAD},fee\n", "The column fee is there twice"),
        (f"{HEAD}\n", "The file has no items"),
        ("", "The column tag is missing"),
        (f"{HEAD}\nLT-1,Écran,acme,10\n".encode("latin-1"), "Line 2 is not UTF-8 text (byte 36)"),
        (f"{HEAD}\n".encode("utf-16"), "UTF-16"),
        (f"{HEAD}\nLT-1,\0,acme,10\n", "bytes that no text has"),
        (f'{HEAD}\nLT-1,"open,acme,10\n', "Line 2 is no CSV"),
        (b"x" * (hardware_rows.MOST_BYTES + 1), "20,000,000 at most"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content: str | bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("LT-1,Laptop,nobody,10", "Line 2, agreement: there is no agreement 'nobody'; register it"),
        ("LT-1,Laptop,acmee,10", "Line 2, agreement: there is no agreement 'acmee'; did you mean acme?"),
        ("=LT-1,Laptop,acme,10", "Line 2, tag: the cell begins with '=', as a formula does"),
        ("LT-1,@SUM(A1),acme,10", "Line 2, description: the cell begins with '@'"),
        ("LT-1,Laptop,acme,-10", "Line 2, fee: the cell begins with '-'"),
        ("LT-1,Laptop,acme,ten", "Line 2, fee: fee: 'ten' is no amount"),
        ("LT-1,Laptop,acme,1.200", "Line 2, fee: fee: '1.200' could be"),
        ("LT-1,,acme,10", "Line 2, description: Description: this is needed"),
        ("LT 1,Laptop,acme,10", "Line 2, tag: 'LT 1' is no asset tag"),
        ("LT-1,Laptop,acme,10,20", "Line 2: there are 5 cells under 4 heads"),
        ("LT-7,Laptop,acme,10", "Line 2, tag: LT-7 is registered already"),
        (f"LT-1,{'x' * 301},acme,10", "Line 2, description: description must be one line of up to 300"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_the_others_are_read(line: str, said: str) -> None:
    found = read(f"{HEAD}\n{line}\nLT-2,Laptop,acme,10\n", "LT-7")
    assert [row.item.tag for row in found.rows] == ["LT-2"]
    assert len(found.wrong) == 1
    assert found.wrong[0].startswith(said)


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ("nobody", "Line 2, client: there is no client 'nobody'"),
        ("Twice", "Line 2, agreement: 'Twice' has several agreements: one, two; name one"),
        ("", "Line 2, agreement: name an agreement, or a client with one agreement"),
    ],
)
def test_a_client_stands_for_its_only_agreement(client: str, said: str) -> None:
    clients = AGREEMENTS | {"one": "Twice", "two": "Twice"}
    lines = f"tag,description,client,fee\nLT-1,A,{client},1\nLT-2,B,tulip bv,1\n"
    found = hardware_rows.sheet(lines.encode(), HERE, clients, lambda tag: False)
    assert found.wrong == (f"{said.rstrip('.')}.",) or found.wrong[0].startswith(said)
    assert [row.item.agreement for row in found.rows] == ["tulip"]
    both = "tag,description,client,agreement,fee\nLT-1,A,Acme NV,tulip,1\n"
    assert "tulip is an agreement with Tulip BV, not with 'Acme NV'" in read(both).wrong[0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("returned,2026-11-02,", "Line 2, state: it is returned; a file takes in what is ordered or with its Client."),
        ("gone,,", "Line 2, state: it is gone; a file"),
        ("in use,,", "Line 2, delivered: it is in use; say since when it is delivered."),
        ("ordered,2026-11-02,", "Line 2, delivered: it is ordered, and so was not delivered yet."),
        ("return due,2026-11-02,2026-11-20", "Line 2, charged_until: it has a past that a file cannot tell"),
    ],
)
def test_an_export_is_taken_in_only_as_far_as_a_file_can_tell(cells: str, said: str) -> None:
    found = read(f"{HEAD},state,delivered,charged_until\nLT-1,A,acme,10,{cells}\nLT-2,B,acme,10,in use,2026-11-02,\n")
    assert found.wrong[0].startswith(said)
    assert [(row.item.tag, row.in_use) for row in found.rows] == [("LT-2", True)]


def test_a_rental_does_not_end_before_the_delivery() -> None:
    line = f"{HEAD},delivered,ends\nLT-1,A,acme,10,2026-11-02,2026-11-01\n"
    assert read(line).wrong == ("Line 2, ends: the rental cannot end before the delivery.",)


def test_the_same_asset_twice_names_both_lines() -> None:
    assert read(f"{HEAD}\nLT-1,A,acme,10\n\nlt-1,B,acme,10\n").wrong == (
        "Line 4, tag: LT-1 is on line 2 already; an asset tag names one item.",
    )


def test_a_delivery_that_has_not_come_yet_is_wrong() -> None:
    assert "this day has not come yet" in read(f"{HEAD},delivered\nLT-1,A,acme,10,2026-11-23\n").wrong[0]


def test_more_lines_than_the_limit_are_refused_and_the_limit_itself_is_read() -> None:
    assert hardware_rows.MOST_LINES == 50_000
    lines = [f"LT-{n},A,acme,10" for n in range(4)]
    content = "\n".join([HEAD, *lines]).encode()
    assert len(hardware_rows.sheet(content, HERE, AGREEMENTS, lambda tag: False, 4).rows) == 4
    with pytest.raises(Refused, match="has 4 lines; 3 at most"):
        hardware_rows.sheet(content, HERE, AGREEMENTS, lambda tag: False, 3)


def test_tags_come_from_a_column_of_that_name_or_from_the_only_one() -> None:
    assert hardware_rows.tags(b"serial;tag\n1;lt-1\n2;LT-2\n", 10) == ("LT-1", "LT-2")
    assert hardware_rows.tags(b"lt-1\nLT-2\nLT-1\n", 10) == ("LT-1", "LT-2")
    with pytest.raises(Refused, match="The column tag is missing"):
        hardware_rows.tags(b"serial;place\n1;x\n", 10)
    with pytest.raises(Refused, match="names 3 items; from 1 to 2"):
        hardware_rows.tags(b"lt-1\nLT-2\nLT-3\n", 2)


def test_an_export_runs_nothing_and_is_read_again_as_it_was() -> None:
    dangerous = item(description='=HYPERLINK("http://x")', place="  +32 2 000", serial="-1")
    content = hardware_rows.rows([(dangerous, "ordered")])
    assert content.startswith(b"\xef\xbb\xbf")
    cells = io.StringIO(content.decode("utf-8-sig")).read()
    assert '"\'=HYPERLINK(""http://x"")"' in cells
    assert "'  +32" in cells
    (row,) = read(content).rows
    assert (row.item.description, row.item.serial) == (dangerous.description, "-1")


@given(st.text("=+-@＝ \t\r\nab1'", max_size=8))
def test_no_exported_cell_begins_as_a_formula_does(text: str) -> None:
    cell = hardware_rows.safe(text)
    assert cell.lstrip()[:1] not in hardware_rows.FORMULA or not cell.lstrip()


def test_tags_are_taken_as_people_paste_them() -> None:
    assert hardware.tags("lt-1, LT-2;lt-3\nLT-1") == ("LT-1", "LT-2", "LT-3")
    with pytest.raises(Refused, match="Name one asset tag or more"):
        hardware.tags(" , ")


def test_a_year_later_is_the_same_day() -> None:
    assert hardware.a_year_after(date(2026, 2, 28), "check") == date(2027, 2, 28)
    assert hardware.answer_by(date(2026, 11, 2)) == date(2026, 11, 16)
    pairs = pairwise(sorted(hardware.house()["every"]))
    assert all(a != b for a, b in pairs)
