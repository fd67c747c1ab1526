"""The main job as people live it: a clause, a question, a no, sharing, asking a person; in both transports."""

import asyncio
from pathlib import Path

import pytest
from sqlite_utils import Database

from knowledge.clauses import squeeze
from knowledge.library import load
from storage import audit, outbox
from tests.house import House, Transport, buttons, house, shown

ITQ = load().document("itq")


def quoted_in(message: dict[str, object]) -> str:
    return squeeze(shown(message))


async def test_a_clause_is_quoted_to_the_letter_to_the_person_who_asks(home: House) -> None:
    ack = await home.command("U0ANNA", "/clause", "7.3")
    assert ack["response_type"] == "ephemeral"
    assert squeeze(ITQ.clause("7.3").text) in quoted_in(ack)
    assert "version undated" in shown(ack)
    assert "Working Days (1.24)" in shown(ack)
    assert [b["text"]["text"] for b in buttons(ack)] == ["← 7.2", "8.1 →", "Share with channel", "ITQ 14.4"]
    ravi = [m.get("text", "") for m in await home.seen("U0RAVI", "C0GENERAL")]
    assert not any("7.3" in text for text in ravi)


async def test_in_a_direct_message_a_clause_is_a_plain_reply(home: House) -> None:
    ack = await home.command("U0ANNA", "/clause", "7.3", channel="D0ANNA")
    assert ack["response_type"] == "in_channel"
    assert "Share with channel" not in [b["text"]["text"] for b in buttons(ack)]


async def test_a_list_is_a_list_and_a_table_is_a_table(home: House) -> None:
    lettered = await home.command("U0ANNA", "/clause", "15.3")
    lists = [
        e
        for b in lettered["blocks"]
        if b["type"] == "rich_text"
        for e in b["elements"]
        if e["type"] == "rich_text_list"
    ]
    assert [len(entry["elements"]) for entry in lists] == [5]
    surcharges = await home.command("U0ANNA", "/clause", "5.2")
    tables = [b for b in surcharges["blocks"] if b["type"] == "table"]
    assert [[cell["text"] for cell in row] for row in tables[0]["rows"]][2] == [
        "Evening",
        "Monday – Friday",
        "18:00 – 23:00",
        "50%",
    ]


async def test_every_clause_and_article_is_quoted_in_slack(home_http: House) -> None:
    for document in load().documents:
        for number in (*document.clauses, *document.articles):
            ack = await home_http.command("U0ANNA", "/clause", f"{document.slug} {number}")
            assert ack["text"].startswith(f"{document.ref} {number}"), ack["text"]
            for clause in (
                [document.clauses[number]] if number in document.clauses else document.articles[number].clauses
            ):
                for part in clause.parts:
                    for line in part.text.split("\n"):
                        words = squeeze(line).removeprefix("o ") if clause.number == "43.3" else squeeze(line)
                        if not words.startswith(("Category", "Standard", "Evening", "Night", "Weekend", "Holidays")):
                            assert words in quoted_in(ack)


async def test_buttons_turn_to_the_next_and_to_linked_clauses(home: House) -> None:
    await home.command("U0ANNA", "/clause", "7.3")
    message = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.click("U0ANNA", message, "C0GENERAL", "clause_next")
    turned = await home.said("U0ANNA", "C0GENERAL", "ITQ 8.1")
    assert turned["ts"] == message["ts"], "the quotation takes the place of the one before"
    await home.click("U0ANNA", turned, "C0GENERAL", "clause_previous")
    again = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.click("U0ANNA", again, "C0GENERAL", "clause_link.0")
    await home.said("U0ANNA", "C0GENERAL", "ITQ 14.4")


async def test_a_shared_clause_is_seen_by_everyone_with_the_name_of_who_shared_it(home: House) -> None:
    await home.command("U0ANNA", "/clause", "7.3", channel="C0CONTRACTS")
    message = await home.said("U0ANNA", "C0CONTRACTS", "ITQ 7.3")
    await home.click("U0ANNA", message, "C0CONTRACTS", "clause_share")
    shared = await home.said("U0RAVI", "C0CONTRACTS", "<@U0ANNA> shares a clause")
    assert squeeze(ITQ.clause("7.3").text) in quoted_in(shared)


async def test_a_question_is_answered_with_the_clause_and_two_runners_up(home: House) -> None:
    ack = await home.command("U0ANNA", "/ask", "How late can the client cancel the consultancy free of charge?")
    assert squeeze(ITQ.clause("7.3").text) in quoted_in(ack)
    links = [b for b in buttons(ack) if b["action_id"].startswith("clause_link")]
    assert len(links) == 2
    for link in links:
        ref, version = link["value"].split("@")
        assert version == ITQ.version
        assert link["text"]["text"] == f"{ref} · {ITQ.clause(ref.removeprefix('ITQ ')).title}"
    entry = await home.bot.services.store.run(
        lambda db: db.execute("select actor, action, subject from audit").fetchall()
    )
    assert entry == [("U0ANNA", "ask", "ITQ 7.3")]


async def test_a_mention_is_answered_where_it_stands_for_the_asker_alone(home: House) -> None:
    await home.post(
        "message",
        user="U0ANNA",
        channel="C0GENERAL",
        text="<@U0BOT> may the client cancel the consultancy free of charge?",
    )
    answer = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    assert answer["user"] == "U0BOT"
    assert not any("7.3" in m.get("text", "") for m in await home.seen("U0RAVI", "C0GENERAL"))


async def test_a_direct_message_is_answered_in_its_thread(home: House) -> None:
    asked = await home.post(
        "message", user="U0ANNA", channel="D0ANNA", text="Mag de klant de consultancy gratis annuleren?"
    )
    thread = asked["message"]["ts"]
    answer = await home.said("U0ANNA", "D0ANNA", "ITQ 7.3", thread=thread)
    assert answer["text"].startswith("Deze bepaling lijkt uw vraag te beantwoorden")


async def test_what_the_documents_do_not_say_is_said_honestly(home: House) -> None:
    ack = await home.command("U0ANNA", "/ask", "qwertz zebra holiday barbecue recipe")
    assert ack["text"].startswith("The documents do not answer this.")
    assert not any(block["type"] == "rich_text" for block in ack["blocks"]), "nothing is quoted as an answer"


async def test_a_search_that_failed_is_told_apart_from_silence(home: House) -> None:
    shelf = await home.bot.services.shelf()
    shelf.index.close()
    ack = await home.command("U0ANNA", "/ask", "may the client cancel?")
    assert ack["text"].startswith("The search failed")
    assert "do not answer" not in ack["text"]


async def test_a_person_is_asked_and_the_answer_comes_back(home: House) -> None:
    await home.command(
        "U0ANNA", "/ask", "May the client cancel the consultancy free of charge <!channel> for <b> & more?"
    )
    message = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.click("U0ANNA", message, "C0GENERAL", "refer")
    posted = await home.said("U0MARIE", "C0LEGAL", "asks a person")
    assert "&lt;!channel&gt; for &lt;b&gt; &amp; more" in posted["text"], "what people type never becomes a mention"
    await home.click("U0MARIE", posted, "C0LEGAL", "refer_reply")
    view = (await home.get("views", user="U0MARIE"))["views"][-1]
    closed = await home.post("submit", user="U0MARIE", view_id=view["id"], values={"reply": "Yes, five days ahead."})
    assert closed == {"closed": True}
    answer = await home.said("U0ANNA", "D0ANNA", "Yes, five days ahead.")
    assert "<@U0MARIE> answers your question" in answer["text"]
    answered = await home.said("U0MARIE", "C0LEGAL", "asks a person")
    await home.workspace.settle()
    answered = await home.said("U0MARIE", "C0LEGAL", "asks a person")
    assert "answered: Yes, five days ahead." in shown(answered)
    assert not [b for b in buttons(answered) if b["action_id"] == "refer_reply"]


async def test_feedback_is_kept_one_verdict_a_person(home: House) -> None:
    await home.command("U0ANNA", "/ask", "may the client cancel the consultancy free of charge?")
    message = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.click("U0ANNA", message, "C0GENERAL", "helpful")
    await home.click("U0ANNA", message, "C0GENERAL", "not_helpful")
    rows = await home.bot.services.store.run(lambda db: db.execute("select actor, verdict from feedback").fetchall())
    assert rows == [("U0ANNA", "not helpful")]


@pytest.mark.parametrize("words", ["artikel zeven punt drie", "art. 7 § 3", "lid 3 van artikel 7", "what of 7.3?"])
async def test_a_clause_is_found_by_its_number_in_words_and_among_words(home: House, words: str) -> None:
    assert (await home.command("U0ANNA", "/clause", words))["text"].startswith("ITQ 7.3")


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("/clause", "", "Name a clause"),
        ("/clause", "7.9", "ITQ has no clause 7.9; nearest are 7.3 and 8.1."),
        ("/clause", "acme 7.3", "There is no document 'acme'"),
        ("/clause", "٧٫٣", "digits 0 to 9"),
        ("/clause", "artikel negenenvijftig", "ITQ has no article 59"),
        ("/ask", "", "The question is empty"),
        ("/ask", "🙂🙂", "no words in this question"),
        ("/ask", "why " * 3001, "at most 12,000"),
        ("/clausekeeper", "dance", "does not know 'dance'"),
    ],
)
async def test_bad_input_gets_a_clear_sentence_and_saves_nothing(
    home_http: House, command: str, text: str, said: str
) -> None:
    ack = await home_http.command("U0ANNA", command, text)
    assert said in ack["text"]
    assert ack["response_type"] == "ephemeral"
    assert await home_http.bot.services.store.run(audit.count) == 0


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "*",
        'cancel" OR "',
        "NEAR(cancel free)",
        "-cancel",
        "cancel*",
        "'; drop table audit; --",
        "a AND b NOT c",
        "titles:cancel",
    ],
)
async def test_operators_of_sql_and_full_text_search_are_only_words(home_http: House, text: str) -> None:
    ack = await home_http.command("U0ANNA", "/ask", text)
    assert ack["text"]
    assert "Something went wrong" not in ack["text"]


async def test_control_characters_are_taken_out(home_http: House) -> None:
    ack = await home_http.command("U0ANNA", "/ask", "may the client\x00 cancel\x07 the consultancy free of charge?")
    assert "ITQ 7.3" in ack["text"]


async def test_a_restart_keeps_everything_and_answers_a_retry_as_before(tmp_path: Path, transport: Transport) -> None:
    async with house(tmp_path / "bot.db", transport) as before:
        await before.command("U0ANNA", "/clause", "7.3")
        entries = await before.bot.services.store.run(audit.count)
    async with house(tmp_path / "bot.db", transport) as after:
        assert await after.bot.services.store.run(audit.count) == entries == 1
        await after.command("U0ANNA", "/clause", "8.1")
        assert await after.bot.services.store.run(audit.count) == 2
        assert await after.bot.services.store.run(audit.broken) is None


async def test_an_event_that_slack_delivers_twice_is_answered_once(home: House) -> None:
    await home.post("faults", method="delivery", error="duplicate", times=1)
    await home.post(
        "message",
        user="U0ANNA",
        channel="C0GENERAL",
        text="<@U0BOT> may the client cancel the consultancy free of charge?",
    )
    await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.workspace.settle()
    answers = [m for m in await home.seen("U0ANNA", "C0GENERAL") if "ITQ 7.3" in m.get("text", "")]
    assert len(answers) == 1
    assert await home.bot.services.store.run(audit.count) == 1


async def test_what_slack_refused_for_a_while_is_said_later(home: House) -> None:
    await home.post("faults", method="chat.postEphemeral", error="ratelimited", times=1, retry_after=30)
    await home.post(
        "message",
        user="U0ANNA",
        channel="C0GENERAL",
        text="<@U0BOT> may the client cancel the consultancy free of charge?",
    )
    await _recorded(home, "error = 'ratelimited' and attempts = 0")
    await home.post("clock", advance=31)
    await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")


async def test_an_answer_that_cannot_be_shown_in_the_channel_comes_as_a_direct_message(home: House) -> None:
    await home.post("faults", method="chat.postEphemeral", error="internal_error", times=5)
    await home.post(
        "message",
        user="U0ANNA",
        channel="C0GENERAL",
        text="<@U0BOT> may the client cancel the consultancy free of charge?",
    )
    for failures, seconds in enumerate((31, 301, 3601, 21601), 1):
        await _recorded(home, f"state = 'waiting' and attempts = {failures}")
        await home.post("clock", advance=seconds)
    await home.said("U0ANNA", "D0ANNA", "ITQ 7.3")
    await home.workspace.settle()
    assert await home.bot.services.store.run(outbox.next_due) is None


async def _recorded(home: House, condition: str) -> None:
    """Until the delivery loop has put on record that a letter is as the condition wants it."""
    async with asyncio.timeout(5):
        while not await home.bot.services.store.run(_any_letter, condition):
            pass


def _any_letter(db: Database, condition: str) -> bool:
    return db.execute(f"select 1 from outbox where {condition}").fetchone() is not None
