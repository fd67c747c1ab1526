// Elements that are filled in: text, number, date, time, boxes, files.
import { upload } from "/page/api.js";
import { dayOf, instantOf, timeOf } from "/page/dates.js";
import { button, debounce, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { confirmed } from "/page/layers.js";
import { keyOf } from "/page/surface.js";
import { textObject, wordsOf } from "/page/text.js";

// What is typed is kept at once; the app hears of it after a pause, as Slack's client does it.
const PAUSE = 400;

/** Attributes that tie a control to its label, hint and error; `names` comes from the block around it. */
const tied = (block, element, names) => ({
  id: names.id,
  "aria-label": names.id ? null : names.label,
  "aria-describedby": names.describedby,
  "aria-invalid": names.invalid ? "true" : null,
  "aria-required": names.required ? "true" : null,
  "data-key": keyOf(block, element),
  "data-action": element.action_id,
});

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

const native = (type) => (surface, block, element, names) => {
  const node = make("input", {
    ...tied(block, element, names),
    class: "field",
    type,
    title: element.placeholder?.text,
    onchange: async () => {
      const before = surface.held(block, element);
      if (await confirmed(surface.seat, element.confirm))
        await surface.enter(block, element, node.value || null);
      else node.value = before ?? "";
    },
  });
  node.value = surface.held(block, element) ?? "";
  return node;
};

function dateTime(surface, block, element, names) {
  const user = surface.seat.user;
  const kept = surface.held(block, element);
  const changed = async () => {
    const given = day.value && time.value ? instantOf(user, day.value, time.value) : null;
    if (await confirmed(surface.seat, element.confirm)) await surface.enter(block, element, given);
  };
  const shared = { class: "field", onchange: changed };
  const day = make("input", { ...shared, ...tied(block, element, names), type: "date" });
  const time = make("input", {
    ...shared,
    type: "time",
    "aria-label": `${names.label}: time`,
    "aria-describedby": names.describedby,
    "data-key": `${keyOf(block, element)}/time`,
  });
  if (kept) {
    const date = new Date(kept * 1000);
    day.value = dayOf(user, date);
    time.value = timeOf(user, date);
  }
  return make("span", { class: "pair" }, day, time);
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
  datepicker: native("date"),
  timepicker: native("time"),
  datetimepicker: dateTime,
  checkboxes: boxes("checkbox"),
  radio_buttons: boxes("radio"),
  file_input: fileField,
};

/** The words a field outside an input block is known by. */
export const nameFor = (surface, element) =>
  element.placeholder ? wordsOf(surface.seat, element.placeholder) : element.type.replaceAll("_", " ");
