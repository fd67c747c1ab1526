"""Files: uploaded by people and by the app, opened with the token only, seen by those who may."""

import json
from base64 import b64encode
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.desk import Desk, opened
from tests.workspace.harness import stage

Json = dict[str, Any]
TOKEN = {"Authorization": "Bearer xoxb-local"}
PNG = b"\x89PNG\r\n\x1a\n"


async def upload(desk: Desk, user: str, name: str, content: bytes = b"hello", **more: str) -> Json:
    body = {"user": user, "name": name, "content": b64encode(content).decode(), **more}
    file: Json = (await desk.hands.post("upload", **body))["file"]
    return file


async def fetched(desk: Desk, url: str, headers: Json) -> tuple[int, bytes]:
    async with desk.session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.read()


async def test_files() -> None:
    async with opened() as desk:
        shared = await desk.client.files_upload_v2(
            channel="C0GENERAL", content="hello", filename="a.txt", title="A", initial_comment="See"
        )
        file = shared["file"]
        assert (file["name"], file["title"], file["size"]) == ("a.txt", "A", 5)
        (message,) = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert (message["subtype"], message["text"], message["files"][0]["id"]) == (
            "file_share",
            "See",
            file["id"],
        )
        info = (await desk.client.files_info(file=file["id"]))["file"]
        assert info["channels"] == ["C0GENERAL"]
        async with desk.session.get(info["url_private"], headers={"Authorization": "Bearer xoxb-local"}) as content:
            assert await content.text() == "hello"
        assert await desk.refused("files.info", file="F0NONE") == "file_not_found"
        nothing = json.dumps([{"id": "F0NONE"}])
        assert await desk.refused("files.completeUploadExternal", files=nothing) == "file_not_found"
        announce = "files.getUploadURLExternal"
        assert await desk.refused(announce, filename="a", length="0") == "missing_argument"
        assert await desk.refused(announce, filename="a", length="many") == "invalid_arguments"
        assert await desk.refused(announce, filename="a", length="1", alt_txt="x" * 1001) == "alt_txt_too_large"


async def test_blocks_beside_a_file() -> None:
    async with opened() as desk:

        async def complete(**arguments: Any) -> Json:
            fresh = await desk.client.files_getUploadURLExternal(filename="a.txt", length=5)
            await (await desk.session.post(fresh["upload_url"], data=b"hello")).read()
            body = {"files": [{"id": fresh["file_id"]}], "channel_id": "C0GENERAL", **arguments}
            return await desk.call("files.completeUploadExternal", json=body)

        block = {"type": "section", "text": {"type": "mrkdwn", "text": "Look"}}
        assert (await complete(blocks=[block]))["ok"] is True
        assert (await complete(blocks=[block], initial_comment="Words"))["ok"] is True
        words, blocks = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert (words["text"], "blocks" in words, len(words["files"])) == ("Words", False, 1)
        assert (blocks["blocks"][0]["text"]["text"], len(blocks["files"])) == ("Look", 1)
        assert (await complete(blocks=[{"type": "nonsense"}]))["error"] == "invalid_blocks"
        many = {"channel_id": "", "channels": ",".join(["C0GENERAL"] * 101)}
        assert (await complete(**many))["error"] == "channels_limit_exceeded"


async def test_a_file_for_one_person() -> None:
    async with opened() as desk:
        fresh = await desk.client.files_getUploadURLExternal(filename="a.txt", length=5)
        async with desk.session.post(fresh["upload_url"], data=b"hello") as taken:
            assert taken.status == 200
        done = {"files": json.dumps([{"id": fresh["file_id"]}]), "channels": "U0ANNA"}
        assert (await desk.call("files.completeUploadExternal", data=done))["ok"] is True
        (message,) = await desk.hands.seen("U0ANNA", "D0ANNA")
        assert message["files"][0]["id"] == fresh["file_id"]


async def test_private_addresses_open_with_the_token_only() -> None:
    async with opened() as desk:
        file = await upload(desk, "U0ANNA", "my notes.txt", channel="C0GENERAL")
        for address in (file["url_private"], file["url_private_download"]):
            assert await fetched(desk, address, TOKEN) == (200, b"hello")
            for headers in ({}, {"Authorization": "Bearer xoxb-other"}, {"Authorization": "Bearer xapp-local"}):
                assert (await fetched(desk, address, headers))[0] == 302
        # Slack leads to its login page, so that a client which follows gets HTML instead of the file.
        async with desk.session.get(file["url_private"]) as answer:
            assert answer.content_type == "text/html"
        await desk.hands.post("uninstall")
        assert (await fetched(desk, file["url_private"], TOKEN))[0] == 302


async def test_the_app_opens_only_what_it_was_shown() -> None:
    async with opened() as desk:
        secret = (await desk.hands.post("create", user="U0ANNA", name="secret", private=True))["channel"]
        alone = await upload(desk, "U0ANNA", "a.txt")
        hidden = await upload(desk, "U0ANNA", "b.txt", channel=secret["id"])
        for file in (alone, hidden):
            assert await desk.refused("files.info", file=file["id"]) == "file_not_found"
            assert (await fetched(desk, file["url_private"], TOKEN))[0] == 302
        await desk.hands.post("invite", user="U0ANNA", channel=secret["id"], member="U0BOT")
        info = (await desk.client.files_info(file=hidden["id"]))["file"]
        assert (info["channels"], info["groups"], info["is_public"]) == ([], [secret["id"]], False)
        assert list(info["shares"]["private"]) == [secret["id"]]


async def test_people_see_files_where_they_are() -> None:
    async with opened() as desk:
        legal = await upload(desk, "U0MARIE", "a.txt", channel="C0LEGAL")
        alone = await upload(desk, "U0MARIE", "b.txt")
        for file, user, status in (
            (legal, "U0ADMIN", 200),
            (legal, "U0ANNA", 404),
            (alone, "U0MARIE", 200),
            (alone, "U0ADMIN", 404),
            (legal, "", 404),
            (legal, "U0BOT", 404),
        ):
            url = f"{desk.server.url}/_control/file/{file['id']}?user={user}"
            assert (await fetched(desk, url, {}))[0] == status, (file["name"], user)


async def test_files_that_could_run_are_downloads() -> None:
    async with opened() as desk:
        for name, shown in (("a.svg", "attachment"), ("a.html", "attachment"), ("a.png", "inline")):
            file = await upload(desk, "U0ANNA", name, PNG)
            url = f"{desk.server.url}/_control/file/{file['id']}?user=U0ANNA"
            async with desk.session.get(url) as answer:
                assert answer.headers["Content-Disposition"] == shown
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_one_message_with_several_files(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.event("message")
        async def said(event: Json) -> None:
            got.append(event)

        @app.event("file_shared")
        async def shared(event: Json) -> None:
            got.append(event)

    async with stage(transport, register) as on:
        ids = []
        for name in ("../a.txt", "b.pdf"):
            body = {"user": "U0ANNA", "name": name, "content": b64encode(b"x").decode()}
            ids.append((await on.hands.post("upload", **body))["file"]["id"])
        assert (await on.hands.post("share", 404, user="U0RAVI", channel="C0GENERAL", files=ids))["error"]
        said = await on.hands.post("share", user="U0ANNA", channel="C0GENERAL", files=ids, text="*See* these")
        await on.ws.wait_for(lambda _: len(got) == 3)
        (message,) = [event for event in got if event["type"] == "message"]
        assert (message["subtype"], message["text"]) == ("file_share", "*See* these")
        assert [(file["name"], file["user"]) for file in message["files"]] == [("a.txt", "U0ANNA"), ("b.pdf", "U0ANNA")]
        assert {event["file_id"] for event in got if event["type"] == "file_shared"} == set(ids)
        info = (await on.client.files_info(file=ids[0]))["file"]
        assert info["shares"]["public"]["C0GENERAL"] == [{"ts": said["message"]["ts"]}]


FORM: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Return"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "photos",
            "label": {"type": "plain_text", "text": "Photographs"},
            "element": {"type": "file_input", "action_id": "files", "filetypes": ["jpg", "png"], "max_files": 2},
        }
    ],
}


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_files_put_in_a_form_are_the_apps_to_open(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, client: Any, command: Json) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)

        @app.view({"type": "view_submission", "callback_id": ""})
        async def sent(ack: Any, view: Json) -> None:
            await ack()
            got.append(view["state"]["values"]["photos"]["files"])

    async with stage(transport, register) as on:

        async def sent(user: str, name: str) -> str:
            body = {"user": user, "name": name, "content": b64encode(PNG).decode()}
            return str((await on.hands.post("upload", **body))["file"]["id"])

        mine, also, text, foreign = (
            await sent("U0ANNA", "a.png"),
            await sent("U0ANNA", "b.jpeg"),
            await sent("U0ANNA", "c.txt"),
            await sent("U0RAVI", "d.png"),
        )
        await on.hands.type("U0ANNA", "/probe")
        for wrong, words in (([text], "kind"), ([foreign], "no file"), ([mine, also, mine], "At most 2")):
            refused = await on.hands.post("submit", 400, user="U0ANNA", values={"photos": wrong})
            assert words in refused["error"]
        with pytest.raises(Exception, match="file_not_found"):
            await on.client.files_info(file=mine)
        answer = await on.hands.post("submit", user="U0ANNA", values={"photos": [mine, also]})
        assert answer == {"closed": True}
        assert got[0]["type"] == "file_input"
        assert [file["id"] for file in got[0]["files"]] == [mine, also]
        info = (await on.client.files_info(file=mine))["file"]
        url = got[0]["files"][0]["url_private_download"]
        async with on.hands.session.get(url, headers=TOKEN) as content:
            assert (info["user"], await content.read()) == ("U0ANNA", PNG)


async def test_pictures_of_the_app_in_blocks() -> None:
    async with opened() as desk:
        made = (await desk.client.conversations_create(name="case-7", is_private=True))["channel"]
        await desk.client.conversations_invite(channel=made["id"], users="U0RAVI")
        shared = await desk.client.files_upload_v2(content=PNG, filename="clocks.png", alt_txt="Two clocks")
        file = (await desk.client.files_info(file=shared["file"]["id"]))["file"]
        assert file["alt_txt"] == "Two clocks"
        url = f"{desk.server.url}/_control/file/{file['id']}?user="
        assert (await fetched(desk, f"{url}U0RAVI", {}))[0] == 404
        for picture in ({"id": file["id"]}, {"url": file["url_private"]}):
            blocks = [{"type": "image", "slack_file": picture, "alt_text": "Two clocks"}]
            posted = await desk.client.chat_postMessage(channel=made["id"], text="Clocks", blocks=blocks)
            assert posted["message"]["blocks"][0]["slack_file"] == picture
        assert await fetched(desk, f"{url}U0RAVI", {}) == (200, PNG)
        assert (await fetched(desk, f"{url}U0ANNA", {}))[0] == 404
        text = (await desk.client.files_upload_v2(content="x", filename="x.txt"))["file"]["id"]
        for wrong in ("F0NONE", text):
            blocks = json.dumps([{"type": "image", "slack_file": {"id": wrong}, "alt_text": "x"}])
            answer = await desk.call("chat.postMessage", data={"channel": made["id"], "blocks": blocks})
            assert (answer["error"], answer["errors"]) == (
                "invalid_blocks",
                ["invalid slack file [json-pointer:/blocks/0/slack_file]"],
            )
