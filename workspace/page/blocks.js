// Block Kit's blocks as elements: https://docs.slack.dev/reference/block-kit/blocks
import { CARDS } from "/page/cards.js";
import { visualization } from "/page/chart.js";
import { dataTable } from "/page/datatable.js";
import { make, uid } from "/page/dom.js";
import { richTextInput } from "/page/editor.js";
import { image, PRESSED } from "/page/elements.js";
import { FIELDS, nameFor } from "/page/fields.js";
import { pictureOf } from "/page/files.js";
import { markdown } from "/page/markdown.js";
import { richText } from "/page/richtext.js";
import { SELECTS } from "/page/selects.js";
import { link, textObject, wordsOf } from "/page/text.js";

const FILLED = { ...FIELDS, ...SELECTS, rich_text_input: richTextInput };

/** An element outside an input block; what is filled in takes its name from `label`. */
function element(surface, block, item, label) {
  if (item.type === "image") return image(surface, block, item);
  const draw = PRESSED[item.type] ?? FILLED[item.type];
  return draw?.(surface, block, item, {
    label: label ? `${label}: ${nameFor(surface, item)}` : nameFor(surface, item),
  });
}

const labelOf = (surface, block) => (block.text ? wordsOf(surface.seat, block.text).slice(0, 80) : "");

function section(surface, block) {
  const { seat } = surface;
  return make(
    "div",
    { class: "section" },
    make(
      "div",
      { class: "section-words" },
      block.text ? make("div", { class: "section-text" }, textObject(seat, block.text)) : null,
      block.fields
        ? make(
            "div",
            { class: "fields" },
            block.fields.map((one) => make("div", {}, textObject(seat, one))),
          )
        : null,
    ),
    block.accessory
      ? make("div", { class: "accessory" }, element(surface, block, block.accessory, labelOf(surface, block)))
      : null,
  );
}

const row = (name) => (surface, block) =>
  make(
    "div",
    { class: name },
    block.elements.map((item) => element(surface, block, item)),
  );

const context = (surface, block) =>
  make(
    "div",
    { class: "context" },
    block.elements.map((item) =>
      item.type === "image" ? image(surface, block, item) : make("span", {}, textObject(surface.seat, item)),
    ),
  );

function imageBlock(surface, block) {
  return make(
    "figure",
    { class: "image" },
    block.title ? make("figcaption", {}, textObject(surface.seat, block.title)) : null,
    make("img", { src: pictureOf(surface.seat, block), alt: block.alt_text, loading: "lazy" }),
  );
}

function cell(surface, content, settings, tag) {
  const shown = content.type === "rich_text" ? richText(surface.seat, content) : content.text;
  const wrap = settings?.is_wrapped ? "wrapped" : "";
  return make(
    tag,
    { class: `${settings?.align ?? "left"} ${wrap}`, scope: tag === "th" ? "col" : null },
    shown,
  );
}

function table(surface, block) {
  const settings = block.column_settings ?? [];
  const [head, ...rows] = block.rows;
  const line = (tag) => (cells) =>
    make(
      "tr",
      {},
      cells.map((one, at) => cell(surface, one, settings[at], tag)),
    );
  return make(
    "div",
    { class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Table" },
    make("table", {}, make("thead", {}, line("th")(head)), make("tbody", {}, rows.map(line("td")))),
  );
}

function video(surface, block) {
  const by = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return make(
    "div",
    { class: "video" },
    by ? make("div", { class: "video-by" }, by) : null,
    make("strong", {}, link(block.title_url ?? block.video_url, textObject(surface.seat, block.title))),
    block.description ? make("div", {}, textObject(surface.seat, block.description)) : null,
    make(
      "a",
      { class: "video-still", href: block.video_url, target: "_blank", rel: "noopener noreferrer" },
      make("img", { src: block.thumbnail_url, alt: block.alt_text, loading: "lazy" }),
      make("span", { class: "play", "aria-hidden": "true" }, "▶"),
    ),
  );
}

function remoteFile(_, block) {
  return make("div", { class: "file-card" }, `File ${block.external_id}`);
}

const BOXED = new Set(["checkboxes", "radio_buttons", "rich_text_input"]);

function input(surface, block, errors) {
  const { element: item } = block;
  const id = uid("field");
  const error = errors[block.block_id];
  const words = wordsOf(surface.seat, block.label);
  const describedby = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const boxed = BOXED.has(item.type);
  const names = {
    id,
    label: words,
    labelledby: boxed ? `${id}-label` : null,
    describedby,
    invalid: Boolean(error),
    required: !block.optional,
  };
  const label = [
    textObject(surface.seat, block.label),
    block.optional ? make("span", { class: "optional" }, " (optional)") : null,
  ];
  return make(
    "div",
    { class: error ? "input wrong" : "input" },
    make(boxed ? "span" : "label", { class: "label", id: `${id}-label`, for: boxed ? null : id }, label),
    FILLED[item.type]?.(surface, block, item, names),
    error ? make("div", { class: "error", id: `${id}-error` }, error) : null,
    block.hint
      ? make("div", { class: "hint", id: `${id}-hint` }, textObject(surface.seat, block.hint))
      : null,
  );
}

const BLOCKS = {
  header: (surface, block) =>
    make(surface.kind === "home" ? "h2" : "h3", { class: "header" }, textObject(surface.seat, block.text)),
  divider: () => make("hr"),
  section,
  context,
  actions: row("actions"),
  context_actions: row("actions context-actions"),
  image: imageBlock,
  rich_text: (surface, block) => richText(surface.seat, block),
  markdown: (_, block) => markdown(block.text),
  table,
  video,
  file: remoteFile,
  input,
  data_table: dataTable,
  data_visualization: visualization,
  ...CARDS,
};

/** Blocks on a surface; `errors` are sentences by block id. */
export const drawBlocks = (surface, blocks, errors = {}) =>
  blocks.map((block) =>
    make(
      "div",
      { class: `block block-${block.type}`, "data-block": block.block_id },
      BLOCKS[block.type]?.(surface, block, errors, INNER),
    ),
  );

const INNER = { drawBlocks, element };

/** Put the keyboard where a view wants it: the first error, else focus_on_load, else the first field. */
export function focusFirst(root, blocks) {
  const wanted = blocks.find((block) => (block.element ?? block.accessory)?.focus_on_load);
  const target =
    root.querySelector("[aria-invalid=true], .wrong input, .wrong [role=combobox]") ??
    (wanted &&
      root.querySelector(
        `[data-block="${CSS.escape(wanted.block_id)}"] :is(input, textarea, [contenteditable])`,
      )) ??
    root.querySelector(".block :is(input, textarea, [contenteditable])");
  target?.focus();
  return Boolean(target);
}
