// Bolt's hello world, in the transport named by the first argument (http or socket); "ready PORT" once it listens.
import bolt from "@slack/bolt";

const socketMode = process.argv[2] === "socket";
const app = new bolt.App({
  token: process.env.SLACK_BOT_TOKEN,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
app.message("hello", async ({ message, say }) => {
  await say({
    text: `Hey there <@${message.user}>!`,
    blocks: [
      {
        type: "section",
        text: { type: "mrkdwn", text: `Hey there <@${message.user}>!` },
        accessory: { type: "button", text: { type: "plain_text", text: "Click Me" }, action_id: "button_click" },
      },
    ],
  });
});
app.action("button_click", async ({ body, ack, say }) => {
  await ack();
  await say(`<@${body.user.id}> clicked the button`);
});
app.command("/probe", async ({ command, ack }) => ack(`You said ${command.text}`));
app.view("form", async ({ ack }) => ack({ response_action: "errors", errors: { field: "No." } }));
app.shortcut("anywhere", async ({ ack, shortcut, client }) => {
  await ack();
  const text = (value) => ({ type: "plain_text", text: value });
  await client.views.open({
    trigger_id: shortcut.trigger_id,
    view: {
      type: "modal",
      callback_id: "form",
      title: text("Form"),
      submit: text("Send"),
      blocks: [
        { type: "input", block_id: "field", label: text("Field"), element: { type: "plain_text_input", action_id: "in" } },
      ],
    },
  });
});
const server = await app.start(socketMode ? undefined : 0);
console.log(`ready ${socketMode ? 0 : server.address().port}`);
process.stdin.resume();
process.stdin.on("end", () => app.stop().then(() => process.exit(0)));
