// Blocks that hold or group others: alerts, cards, carousels, containers, tasks, plans and accounts elsewhere.
// Each draws with what blocks.js hands in as `inner`: drawBlocks and element.
import { avatar } from "/page/avatar.js";
import { make, unseen } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { richText } from "/page/richtext.js";
import { slackIcon } from "/page/slackicons.js";
import { link, textObject, wordsOf } from "/page/text.js";
import { world } from "/page/world.js";

const LEVELS = {
  default: ["Note", "eye"],
  info: ["Information", "eye"],
  success: ["Success", "check"],
  warning: ["Warning", "bolt"],
  error: ["Error", "close"],
};

function alert(surface, block) {
  const level = block.level ?? "default";
  const [word, picture] = LEVELS[level];
  return make(
    "div",
    { class: `alert alert-${level}`, role: "note" },
    icon(picture),
    make("div", {}, unseen(`${word}: `), textObject(surface.seat, block.text)),
  );
}

function heading(surface, block, { element }, title) {
  return make(
    "div",
    { class: "card-head" },
    block.icon ? make("span", { class: "card-icon" }, element(surface, block, block.icon)) : null,
    block.slack_icon ? slackIcon(block.slack_icon) : null,
    make(
      "div",
      {},
      title ? make("strong", {}, title) : null,
      block.subtitle ? make("div", { class: "quiet" }, textObject(surface.seat, block.subtitle)) : null,
    ),
  );
}

function card(surface, block, _, inner) {
  const title = block.title && textObject(surface.seat, block.title);
  return make(
    "article",
    { class: "card" },
    block.hero_image
      ? make("div", { class: "card-hero" }, inner.element(surface, block, block.hero_image))
      : null,
    title || block.icon || block.slack_icon || block.subtitle ? heading(surface, block, inner, title) : null,
    block.body ? make("div", {}, textObject(surface.seat, block.body)) : null,
    block.actions?.length
      ? make(
          "div",
          { class: "actions" },
          block.actions.map((one) => inner.element(surface, block, one)),
        )
      : null,
    block.subtext ? make("div", { class: "quiet" }, textObject(surface.seat, block.subtext)) : null,
  );
}

function carousel(surface, block, errors, inner) {
  const count = block.elements.length;
  return make(
    "div",
    {
      class: "carousel",
      tabindex: 0,
      role: "group",
      "aria-label": `${count} ${count === 1 ? "card" : "cards"} side by side`,
    },
    inner.drawBlocks(surface, block.elements, errors),
  );
}

function container(surface, block, errors, inner) {
  const title = block.rich_text_title
    ? richText(surface.seat, block.rich_text_title)
    : textObject(surface.seat, block.title);
  const head = heading(surface, block, inner, title);
  const children = make(
    "div",
    { class: "container-body" },
    inner.drawBlocks(surface, block.child_blocks, errors),
  );
  const kind = `container ${block.width ?? "standard"} ${block.has_header_divider ? "divided" : ""}`;
  if (!block.is_collapsible) return make("section", { class: kind }, head, children);
  return make(
    "details",
    { class: kind, open: !block.default_collapsed },
    make("summary", {}, head),
    children,
  );
}

const STATES = {
  pending: ["To do", "clock"],
  in_progress: ["In progress", "right"],
  complete: ["Done", "check"],
  error: ["Failed", "close"],
};

function task(surface, block) {
  const [word, picture] = STATES[block.status];
  return make(
    "div",
    { class: `task ${block.status}` },
    make(
      "div",
      { class: "task-head" },
      icon(picture),
      make("strong", {}, block.title),
      make("span", { class: "quiet" }, word),
    ),
    block.details ? richText(surface.seat, block.details) : null,
    block.output ? richText(surface.seat, block.output) : null,
    block.sources?.length
      ? make(
          "ul",
          { class: "task-sources", "aria-label": "Sources" },
          block.sources.map((one) => make("li", {}, link(one.url, one.text))),
        )
      : null,
  );
}

const plan = (surface, block) =>
  make(
    "div",
    { class: "plan" },
    make("strong", {}, block.title),
    make(
      "ol",
      { "aria-label": `Tasks of ${wordsOf(surface.seat, { type: "plain_text", text: block.title })}` },
      (block.tasks ?? []).map((one) => make("li", {}, task(surface, one))),
    ),
  );

/** The button that leads to an account elsewhere; blocks.py gives it the same action id. */
const connect = (block) => ({
  type: "button",
  action_id: `auth_provider_connect_${block.value}`,
  text: { type: "plain_text", text: "Connect" },
  accessibility_label: `Connect ${block.name.text}`,
  value: block.value,
  url: block.auth_url,
});

function connected(surface, block, inner) {
  return [
    block.disconnect_url
      ? make(
          "a",
          { class: "button", href: block.disconnect_url, target: "_blank", rel: "noopener noreferrer" },
          "Disconnect",
          icon("external"),
          unseen(` ${block.name.text} (opens in a new tab)`),
        )
      : null,
    block.accessory ? inner.element(surface, block, block.accessory) : null,
  ];
}

function authProvider(surface, block, _, inner) {
  const { seat } = surface;
  const words = (object) => (object ? textObject(seat, object) : null);
  const whose = [block.connected_identity, block.connected_context]
    .filter(Boolean)
    .map((one) => wordsOf(seat, one))
    .join(" · ");
  return make(
    "div",
    { class: "card auth-provider" },
    make(
      "span",
      { class: "card-icon" },
      block.icon_url ? make("img", { src: block.icon_url, alt: "", loading: "lazy" }) : avatar(world.app.bot),
    ),
    make(
      "div",
      { class: "auth-words" },
      make("strong", {}, words(block.name)),
      block.description ? make("div", { class: "quiet" }, words(block.description)) : null,
      block.is_connected
        ? make("div", { class: "auth-state" }, icon("check"), whose ? `Connected as ${whose}` : "Connected")
        : null,
    ),
    make(
      "div",
      { class: "actions" },
      block.is_connected
        ? connected(surface, block, inner)
        : inner.element(surface, block, connect(block)),
    ),
  );
}

export const CARDS = { alert, auth_provider: authProvider, card, carousel, container, plan, task_card: task };
