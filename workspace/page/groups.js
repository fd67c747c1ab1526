// User groups: who is in them, and a dialog to make one or change its members.
import { post, Refusal } from "/page/api.js";
import { Choice, among } from "/page/choice.js";
import { button, make } from "/page/dom.js";
import { openDialog } from "/page/layers.js";
import { nameOf, people, world } from "/page/world.js";

const asOption = (user) => ({ value: user.id, label: user.real_name, description: user.profile.title });

/** Make a group, or change the one given. */
function change(seat, group) {
  openDialog(seat, (close) => {
    let picked = people().filter((user) => group?.users.includes(user.id)).map(asOption);
    const trouble = make("p", { class: "trouble", role: "alert" });
    const handle = make("input", {
      class: "field",
      value: group?.handle ?? "",
      readonly: Boolean(group),
      required: true,
      maxlength: 21,
      pattern: "[a-z0-9._\\-]+",
      title: "Small letters, digits, dots, hyphens and underscores",
      autofocus: !group,
    });
    const members = new Choice(seat, {
      label: "Members",
      placeholder: "Somebody's name",
      many: true,
      picked,
      source: among([{ options: people().map(asOption) }]),
      changed: (options) => (picked = options),
    });
    const inUse = make("input", { type: "checkbox", id: "group-in-use", checked: !group?.date_delete });
    const save = async (event) => {
      event.preventDefault();
      try {
        await post("group", {
          user: seat.user,
          handle: handle.value,
          people: picked.map((one) => one.value),
          disabled: !inUse.checked,
        });
        close();
      } catch (refused) {
        if (!(refused instanceof Refusal)) throw refused;
        trouble.textContent = refused.message;
      }
    };
    return {
      title: group ? `User group @${group.handle}` : "New user group",
      body: make(
        "form",
        { class: "dialog-body", onsubmit: save },
        trouble,
        make("label", { class: "tool-label" }, "Handle", handle),
        make("div", { class: "tool-label" }, make("span", { "aria-hidden": "true" }, "Members"), members.node),
        make("p", { class: "box" }, inUse, make("label", { for: inUse.id }, "In use")),
        make("footer", { class: "dialog-foot" }, make("button", { class: "button primary" }, "Save")),
      ),
    };
  });
}

export class Groups {
  /** `seat` gives the person who acts just now. */
  constructor(seat) {
    this.seat = seat;
    this.list = make("ul", { class: "groups" });
    this.node = make(
      "div",
      {},
      make("h3", {}, "User groups"),
      this.list,
      button({ class: "button", onclick: () => change(seat(), null) }, "New user group"),
    );
    this.draw();
  }

  draw() {
    const one = (group) =>
      make(
        "li",
        {},
        make("b", {}, `@${group.handle}`),
        ` ${group.date_delete ? "(not in use)" : group.users.map(nameOf).join(", ")} `,
        button(
          { class: "plain-link", "aria-label": `Change @${group.handle}`, onclick: () => change(this.seat(), group) },
          "Change",
        ),
      );
    this.list.replaceChildren(...[...world.groups.values()].map(one));
  }
}
