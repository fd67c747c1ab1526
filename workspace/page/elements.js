// Elements that are pressed: buttons, overflow menus, feedback buttons; and pictures.
import { button, make, unseen } from "/page/dom.js";
import { pictureOf } from "/page/files.js";
import { icon } from "/page/icons.js";
import { confirmed, openMenu } from "/page/layers.js";
import { keyOf } from "/page/surface.js";
import { textObject, wordsOf } from "/page/text.js";

async function busy(node, work) {
  node.setAttribute("aria-busy", "true");
  try {
    await work;
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/** What pressing does: ask if there is a confirm object, open the address, tell the app. */
const press = (surface, block, element, value) => async (event) => {
  const node = event.currentTarget;
  if (element.confirm) event.preventDefault();
  if (!(await confirmed(surface.seat, element.confirm))) return;
  if (element.url && element.confirm) window.open(element.url, "_blank", "noopener");
  await busy(node, surface.click(block, element, value));
};

/** Whether a button is for this person; some are for a few people only. */
function isFor(surface, { visible_to_user_ids: readers }) {
  return !readers?.length || readers.includes(surface.seat.user);
}

function drawButton(surface, block, element) {
  if (!isFor(surface, element)) return null;
  const attributes = {
    class: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
    "data-key": keyOf(block, element),
    "data-action": element.action_id,
    onclick: press(surface, block, element, element.value),
  };
  const label = textObject(surface.seat, element.text);
  if (!element.url) return button(attributes, label);
  return make(
    "a",
    { ...attributes, href: element.url, target: "_blank", rel: "noopener noreferrer" },
    label,
    icon("external"),
    element.accessibility_label ? null : unseen(" (opens in a new tab)"),
  );
}

function overflow(surface, block, element) {
  const run = (option) => async () => {
    if (!(await confirmed(surface.seat, element.confirm))) return;
    if (option.url) window.open(option.url, "_blank", "noopener");
    await busy(node, surface.click(block, element, option.value));
  };
  const items = element.options.map((option) => ({
    label: textObject(surface.seat, option.text),
    note: option.description && textObject(surface.seat, option.description),
    run: run(option),
  }));
  const node = button(
    {
      class: "button overflow",
      "aria-label": "More options",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-key": keyOf(block, element),
      "data-action": element.action_id,
      onclick: () => openMenu(surface.seat, node, "More options", items),
    },
    icon("dots"),
  );
  return node;
}

function feedback(surface, block, element) {
  const one = (spec, picture, others) => {
    const node = button(
      {
        class: "icon-button feedback",
        "aria-label": spec.accessibility_label ?? wordsOf(surface.seat, spec.text),
        title: wordsOf(surface.seat, spec.text),
        "aria-pressed": "false",
        "data-key": `${keyOf(block, element)}/${spec.value}`,
        "data-action": element.action_id,
        onclick: async (event) => {
          const pressed = event.currentTarget;
          await press(surface, block, element, spec.value)(event);
          for (const other of others) other.setAttribute("aria-pressed", String(other === pressed));
        },
      },
      icon(picture),
    );
    others.push(node);
    return node;
  };
  const pair = [];
  return make(
    "span",
    { class: "feedback-pair", role: "group", "aria-label": "Feedback" },
    one(element.positive_button, "up", pair),
    one(element.negative_button, "thumbdown", pair),
  );
}

function iconButton(surface, block, element) {
  if (!isFor(surface, element)) return null;
  const words = wordsOf(surface.seat, element.text);
  return button(
    {
      class: "icon-button",
      "aria-label": element.accessibility_label ?? words,
      title: words,
      "data-key": keyOf(block, element),
      "data-action": element.action_id,
      onclick: press(surface, block, element, element.value),
    },
    icon(element.icon),
  );
}

/** The address of an image, whether out on the web or a file of this workspace. */
export const image = (surface, _, element) =>
  make("img", { src: pictureOf(surface.seat, element), alt: element.alt_text, loading: "lazy" });

export const PRESSED = {
  button: drawButton,
  workflow_button: drawButton,
  overflow,
  feedback_buttons: feedback,
  icon_button: iconButton,
};
