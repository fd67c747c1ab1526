// What rich text points at besides people and channels: teams, files, canvases, messages, workflows, sources.
// https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element
import { make } from "/page/dom.js";
import { addressOf } from "/page/files.js";
import { icon } from "/page/icons.js";
import { link, mention } from "/page/text.js";
import { world } from "/page/world.js";

const TAGS = new Set(["brown", "purple", "indigo", "blue", "green", "yellow", "orange", "red"]);

/** A thing with its picture, as a link where it has an address. */
function chip(picture, words, address) {
  const shown = [icon(picture), words];
  return make("span", { class: "chip" }, address ? link(address, shown) : shown);
}

const team = ({ team_id: id }) =>
  make("span", { class: "mention" }, `@${id === world.app.team?.id ? world.app.team.name : id}`);

const tag = ({ text, color }) =>
  make("span", { class: `tag tag-${TAGS.has(color) ? color : "gray"}` }, text);

const citation = ({ url, text, index }) =>
  make("span", { class: "citation" }, link(url, text), make("sup", {}, `[${index}]`));

function file(seat, { file_id: id, text, url }) {
  if (url) return chip("file", text ?? id, url);
  return make(
    "span",
    { class: "chip" },
    make("a", { href: addressOf(seat, id), target: "_blank", rel: "noopener" }, icon("file"), text ?? id),
  );
}

const canvas = ({ file_id: id, text, label, hide_title: hidden, url }) =>
  chip("edit", (hidden ? null : (label ?? text)) ?? `Canvas ${id}`, url);

/** A message elsewhere in this workspace, by its permalink. */
function message(seat, channel, ts, text) {
  const known = seat.channel(channel);
  const words = text ?? `a message in ${known?.name ? `#${known.name}` : "a conversation"}`;
  return make("a", { href: `/archives/${channel}/p${ts.replace(".", "")}`, class: "mention" }, words);
}

const salesforce = (element) =>
  chip("app", element.salesforce_field_label ?? element.salesforce_field_api_name ?? element.salesforce_record_id);

export const MENTIONS = {
  team: (_, element) => team(element),
  tag: (_, element) => tag(element),
  citation: (_, element) => citation(element),
  file,
  canvas: (_, element) => canvas(element),
  canvas_user_mention: (seat, element) => mention(seat, element.user_id),
  canvas_message_unfurl: (seat, element) =>
    message(seat, element.root_message_channel, element.root_message_ts),
  message_mention: (seat, element) => message(seat, element.channel_id, element.message_ts, element.text),
  list_record: (_, element) => chip("bullets", element.text ?? `Record of ${element.file_id}`, element.url),
  workflow_mention: (_, element) => chip("bolt", element.text, element.url),
  work_object_mention: (_, element) => chip("app", element.text, element.url),
  attachment_mention: (_, element) => chip("app", element.text ?? element.url, element.url),
  salesforce_data_field: (_, element) => salesforce(element),
};
