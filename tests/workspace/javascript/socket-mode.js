// @slack/socket-mode against the workspace: acknowledges commands and events; "ready" once connected.
import { SocketModeClient } from "@slack/socket-mode";

const client = new SocketModeClient({
  appToken: process.env.SLACK_APP_TOKEN,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
client.on("slash_commands", ({ body, ack }) => ack({ text: `JavaScript heard ${body.text}` }));
client.on("message", ({ event, ack, retry_num }) => {
  console.log(JSON.stringify({ event: event.text, retry_num }));
  return ack();
});
client.on("connected", () => console.log("ready"));
process.stdin.resume();
process.stdin.on("end", () => client.disconnect().then(() => process.exit(0)));
await client.start();
