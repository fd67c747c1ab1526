// Blocks and their elements as HTML. `act(block, element, value)` sends what a person did.
import { make, world } from "/page/api.js";
import { mrkdwn, richText, textObject } from "/page/text.js";

const options = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);
const people = () =>
  Object.values(world.users).map((user) => ({ value: user.id, text: { text: user.real_name } }));
const rooms = () =>
  world.channels.map((channel) => ({ value: channel.id, text: { text: channel.name || channel.user } }));

function button(block, element, act, label = element.text.text, value = element.value) {
  const press = () => {
    if (element.confirm && !window.confirm(`${element.confirm.title.text}\n\n${element.confirm.text.text}`)) return;
    if (element.url) window.open(element.url, "_blank", "noopener");
    act(block, element, value);
  };
  return make(
    "button",
    { type: "button", class: element.style ?? "", "aria-label": element.accessibility_label, onclick: press },
    label,
  );
}

function select(block, element, act, choices, state) {
  const many = element.type.startsWith("multi_");
  const picked = [state].flat().filter(Boolean).map((one) => one.value ?? one);
  const changed = (event) => {
    const values = [...event.target.selectedOptions].map((option) => option.value).filter(Boolean);
    act(block, element, many ? values : values[0]);
  };
  const empty = many ? [] : [make("option", { value: "" }, element.placeholder?.text ?? "Choose")];
  const shown = choices.map((option) =>
    make("option", { value: option.value, selected: picked.includes(option.value) }, option.text.text),
  );
  return make("select", { multiple: many, "data-field": element.action_id, onchange: changed }, ...empty, ...shown);
}

function boxes(block, element, act, state) {
  const type = element.type === "checkboxes" ? "checkbox" : "radio";
  const picked = [state].flat().filter(Boolean).map((one) => one.value);
  const group = make("fieldset", { "data-field": element.action_id });
  const changed = () => {
    const values = [...group.querySelectorAll("input:checked")].map((box) => box.value);
    act(block, element, type === "checkbox" ? values : values[0]);
  };
  for (const option of options(element)) {
    const box = make("input", {
      type,
      name: `${block.block_id}.${element.action_id}`,
      value: option.value,
      checked: picked.includes(option.value),
      onchange: changed,
    });
    group.append(make("label", {}, box, " ", textObject(option.text)));
  }
  return group;
}

const INPUTS = {
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
  plain_text_input: "text",
  rich_text_input: "text",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
  external_select: "text",
  multi_external_select: "text",
};

function field(block, element, act, state) {
  const value = state?.value ?? state ?? "";
  const shown = typeof value === "object" ? "" : value;
  const changed = (event) => act(block, element, event.target.value);
  const attributes = {
    "data-field": element.action_id,
    placeholder: element.placeholder?.text,
    onchange: changed,
  };
  if (element.multiline || element.type === "rich_text_input") {
    return make("textarea", { ...attributes, rows: 4 }, shown);
  }
  return make("input", { ...attributes, type: INPUTS[element.type], value: shown });
}

export function element(block, item, act, values = {}) {
  const entry = values[block.block_id]?.[item.action_id] ?? {};
  const state = Object.entries(entry).find(([key]) => key !== "type" && key !== "timezone")?.[1];
  switch (item.type) {
    case "button":
      return button(block, item, act);
    case "icon_button":
      return button(block, item, act, item.text.text);
    case "feedback_buttons":
      return make(
        "span",
        { class: "actions" },
        ...[item.positive_button, item.negative_button].map((one) => button(block, item, act, one.text.text, one.value)),
      );
    case "overflow":
      return select(block, { ...item, placeholder: { text: "…" } }, act, options(item));
    case "static_select":
    case "multi_static_select":
      return select(block, item, act, options(item), state);
    case "users_select":
    case "multi_users_select":
      return select(block, item, act, people(), state);
    case "conversations_select":
    case "multi_conversations_select":
    case "channels_select":
    case "multi_channels_select":
      return select(block, item, act, rooms(), state);
    case "checkboxes":
    case "radio_buttons":
      return boxes(block, item, act, state);
    case "image":
      return make("img", { src: item.image_url, alt: item.alt_text });
    case "plain_text":
    case "mrkdwn":
      return make("span", {}, textObject(item));
    default:
      return item.type in INPUTS ? field(block, item, act, state) : make("span", {}, item.type);
  }
}

function cell(content) {
  return make("td", {}, content.type === "rich_text" ? richText(content) : content.text);
}

export function block(item, act, values, errors = {}) {
  const inner = (one) => element(item, one, act, values);
  const kinds = {
    header: () => make("h3", {}, item.text.text),
    divider: () => make("hr"),
    section: () =>
      make(
        "div",
        {},
        item.text ? make("div", {}, textObject(item.text)) : null,
        item.fields ? make("div", { class: "fields" }, ...item.fields.map((one) => make("div", {}, textObject(one)))) : null,
        item.accessory ? inner(item.accessory) : null,
      ),
    context: () => make("div", { class: "context" }, ...item.elements.map(inner)),
    actions: () => make("div", { class: "actions" }, ...item.elements.map(inner)),
    context_actions: () => make("div", { class: "actions" }, ...item.elements.map(inner)),
    image: () => make("figure", {}, make("img", { src: item.image_url, alt: item.alt_text }), item.title?.text ?? ""),
    rich_text: () => richText(item),
    markdown: () => make("div", { class: "quote" }, item.text),
    table: () => make("table", {}, ...item.rows.map((row) => make("tr", {}, ...row.map(cell)))),
    video: () => make("p", {}, make("a", { href: item.video_url, target: "_blank", rel: "noopener" }, item.title.text)),
    input: () =>
      make(
        "div",
        {},
        make("label", {}, `${item.label.text}${item.optional ? " (optional)" : ""} `, inner(item.element)),
        item.hint ? make("div", { class: "hint" }, item.hint.text) : null,
        errors[item.block_id] ? make("div", { class: "error", role: "alert" }, errors[item.block_id]) : null,
      ),
  };
  return make("div", { class: "block", "data-block": item.block_id }, kinds[item.type]?.() ?? item.type);
}

export function message(shown, act) {
  const blocks = shown.blocks ?? [];
  if (!blocks.length) return [make("div", {}, mrkdwn(shown.text ?? ""))];
  return blocks.map((one) => block(one, act, shown.state?.values));
}
