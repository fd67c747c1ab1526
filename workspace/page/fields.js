// Elements that are filled in: text, number, boxes, files; dates and times are in moments.js.
import { upload } from "/page/api.js";
import { button, debounce, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { confirmed } from "/page/layers.js";
import { MOMENTS } from "/page/moments.js";
import { keyOf, tied } from "/page/surface.js";
import { textObject, wordsOf } from "/page/text.js";

// What is typed is kept at once; the app hears of it after a pause, as Slack's client does it.
const PAUSE = 400;

const KINDS = {
  plain_text_input: { type: "text" },
  email_text_input: { type: "email", inputmode: "email", autocomplete: "off" },
  url_text_input: { type: "url", inputmode: "url", autocomplete: "off" },
  number_input: { type: "text", inputmode: "decimal" },
};

function counter(element, node) {
  if (!element.max_length) return null;
  const left = make("span", { class: "counter", "aria-hidden": "true" });
  const show = () => (left.textContent = String(element.max_length - node.value.length));
  node.addEventListener("input", show);
  show();
  return left;
}

function textField(surface, block, element, names) {
  const typed = debounce(PAUSE, () =>
    surface.enter(block, element, node.value || null, "on_character_entered"),
  );
  const enter = (event) => {
    if (event.key !== "Enter" || (element.multiline && !(event.ctrlKey || event.metaKey))) return;
    if (!element.multiline) event.preventDefault();
    surface.enter(block, element, node.value || null, "on_enter_pressed");
    if (surface.kind === "modal" && !block.dispatch_action) node.form?.requestSubmit();
  };
  const attributes = {
    ...tied(block, element, names),
    class: "field",
    placeholder: element.placeholder?.text,
    onkeydown: enter,
    oninput: () => {
      surface.enter(block, element, node.value || null);
      typed();
    },
  };
  const kept = surface.held(block, element) ?? "";
  const node = element.multiline
    ? make("textarea", { ...attributes, rows: 4 })
    : make("input", { ...attributes, ...KINDS[element.type] });
  node.value = kept;
  const count = counter(element, node);
  return count ? make("span", { class: "counted" }, node, count) : node;
}

function box(surface, block, element, option, kind, name, changed) {
  const id = uid("box");
  const picked = [surface.held(block, element)].flat().filter(Boolean);
  const input = make("input", {
    type: kind,
    name,
    id,
    value: option.value,
    checked: picked.some((one) => one.value === option.value),
    "aria-describedby": option.description ? `${id}-note` : null,
    "data-key": `${keyOf(block, element)}/${option.value}`,
    onchange: changed,
  });
  return make(
    "div",
    { class: "box" },
    input,
    make(
      "span",
      {},
      make("label", { for: id }, textObject(surface.seat, option.text)),
      option.description
        ? make("small", { id: `${id}-note` }, textObject(surface.seat, option.description))
        : null,
    ),
  );
}

const boxes = (kind) => (surface, block, element, names) => {
  const name = uid("boxes");
  const changed = async () => {
    const values = [...group.querySelectorAll("input:checked")].map((input) => input.value);
    const picked = element.options.filter((option) => values.includes(option.value));
    if (!(await confirmed(surface.seat, element.confirm)))
      return group.replaceWith(boxes(kind)(surface, block, element, names));
    return surface.enter(block, element, kind === "checkbox" ? picked : (picked[0] ?? null));
  };
  const group = make(
    "div",
    {
      class: "boxes",
      role: kind === "radio" ? "radiogroup" : "group",
      "aria-labelledby": names.labelledby,
      "aria-label": names.labelledby ? null : names.label,
      "aria-describedby": names.describedby,
      "data-action": element.action_id,
    },
    element.options.map((option) => box(surface, block, element, option, kind, name, changed)),
  );
  return group;
};

// Slack names some kinds of file by other words than their names end in.
const ENDINGS = {
  text: "txt",
  markdown: "md",
  python: "py",
  javascript: "js",
  jpg: "jpg,.jpeg",
  shell: "sh",
  ruby: "rb",
  binary: "bin",
};

const accepted = (types) =>
  types
    ?.filter((type) => type !== "auto")
    .map((type) => `.${ENDINGS[type] ?? type}`)
    .join(",");

function fileField(surface, block, element, names) {
  const most = element.max_files ?? 10;
  const shown = make("ul", { class: "file-list" });
  const note = make("small", { role: "status" });
  const held = () => surface.held(block, element) ?? [];
  const set = (files) => {
    surface.enter(block, element, files);
    show();
  };
  const remove = (file) => set(held().filter((one) => one.id !== file.id));
  const show = () => {
    shown.replaceChildren(
      ...held().map((file) =>
        make(
          "li",
          {},
          icon("file"),
          make("span", {}, file.name),
          button(
            { class: "icon-button", "aria-label": `Remove ${file.name}`, onclick: () => remove(file) },
            icon("close"),
          ),
        ),
      ),
    );
  };
  const take = async () => {
    const room = most - held().length;
    const given = [...input.files];
    note.textContent = given.length > room ? `At most ${most} files can be added here.` : "";
    const added = await Promise.all(given.slice(0, room).map((file) => upload(surface.seat.user, file)));
    input.value = "";
    set([...held(), ...added]);
  };
  const input = make("input", {
    ...tied(block, element, names),
    class: "field",
    type: "file",
    multiple: most > 1,
    accept: accepted(element.filetypes),
    onchange: take,
  });
  show();
  return make("span", { class: "file-field" }, input, shown, note);
}

export const FIELDS = {
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: textField,
  ...MOMENTS,
  checkboxes: boxes("checkbox"),
  radio_buttons: boxes("radio"),
  file_input: fileField,
};

/** The words a field outside an input block is known by. */
export const nameFor = (surface, element) =>
  element.placeholder ? wordsOf(surface.seat, element.placeholder) : element.type.replaceAll("_", " ");
