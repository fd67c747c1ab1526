// @slack/web-api against the workspace at SLACK_API_URL: what it gets, as one line of JSON.
import { WebClient } from "@slack/web-api";

const client = new WebClient(process.env.SLACK_BOT_TOKEN, {
  slackApiUrl: process.env.SLACK_API_URL,
  retryConfig: { retries: 0 },
});
const who = await client.auth.test();
const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*bold*" } }];
const posted = await client.chat.postMessage({ channel: "C0GENERAL", text: "from JavaScript", blocks });
const refused = await client.chat.postMessage({ channel: "C0NOTHING", text: "x" }).catch((error) => error.data.error);
const bad = await client.chat
  .postMessage({ channel: "C0GENERAL", text: "x", blocks: [{ type: "nonsense" }] })
  .catch((error) => error.data.response_metadata.messages);
const names = [];
for await (const page of client.paginate("users.list", { limit: 2 })) {
  names.push(...page.members.map((member) => member.id));
}
const upload = await client.filesUploadV2({ channel_id: "C0GENERAL", filename: "a.txt", content: "hello" });
console.log(
  JSON.stringify({
    user_id: who.user_id,
    text: posted.message.text,
    block: posted.message.blocks[0].type,
    refused,
    bad,
    names,
    files: upload.files.length,
  }),
);
