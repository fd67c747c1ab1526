// The page of the local workspace: the top bar, one or two people side by side, the workshop.
import { onChange, start as startChanges } from "/page/changes.js";
import { clockLabel, isMoved } from "/page/clock.js";
import { DRAFT } from "/page/composer.js";
import { button, make, unseen } from "/page/dom.js";
import { Drawer } from "/page/drawer.js";
import { learnEmoji } from "/page/emoji.js";
import { icon } from "/page/icons.js";
import { Seat } from "/page/seat.js";
import { openSwitcher } from "/page/switcher.js";
import { startTheme, switchTheme } from "/page/theme.js";
import { learnApp, learnClock, learnGroups, learnNow, learnPeople, nameOf, people, world } from "/page/world.js";

const seats = [];
const stage = make("main", { class: "stage" });
const banner = make("div", { class: "banner", role: "status" });
let active = null;

const drawer = new Drawer({
  user: () => active.user,
  seat: () => active,
  confirmed: (confirm) => active.confirmed(confirm),
  changed: () => markTools(),
});

// Top bar

const clock = make("span", { class: "bar-words" });
const tool = (name, label, picture, ...more) =>
  button(
    {
      class: "bar-button",
      "data-opens": name,
      title: label,
      "aria-pressed": "false",
      onclick: () => drawer.show(drawer.shown === name ? null : name),
    },
    icon(picture),
    unseen(`${label} `),
    ...more,
  );
const tools = [
  tool("Clock", "Clock", "clock", clock),
  tool("Inspector", "Inspector", "tree"),
  tool("Faults", "Faults", "bug"),
  tool("App", "App and workspace", "app"),
];
const beside = button(
  {
    class: "bar-button",
    "aria-label": "Two people side by side",
    title: "Two people side by side",
    "aria-pressed": "false",
    onclick: () => toggleBeside(),
  },
  icon("split"),
);
const bar = make(
  "header",
  { class: "top-bar" },
  make("span", { class: "workspace-name" }, "Local workspace"),
  button(
    { class: "jump-to", "aria-keyshortcuts": "Control+K", onclick: () => openSwitcher(active) },
    icon("search"),
    unseen("Jump to a conversation"),
    make("span", { class: "bar-words", "aria-hidden": "true" }, "Jump to…"),
    make("kbd", { "aria-hidden": "true" }, "Ctrl K"),
  ),
  make(
    "div",
    { class: "bar-tools", role: "group", "aria-label": "Workspace tools" },
    tools,
    beside,
    button(
      { class: "bar-button", "aria-label": "Light or dark", title: "Light or dark", onclick: switchTheme },
      icon("sun"),
    ),
  ),
);

function markTools() {
  for (const node of tools) node.setAttribute("aria-pressed", String(node.dataset.opens === drawer.shown));
}

function title() {
  if (active?.place) document.title = `${active.title} – Local workspace`;
}

function tick() {
  const label = clockLabel(active.user);
  clock.classList.toggle("moved", isMoved());
  if (clock.textContent === label) return;
  clock.textContent = label;
  drawer.hear({ type: "tick" });
}

// Who sits here

function remember() {
  const query = new URLSearchParams(location.search);
  query.set("as", seats[0].user);
  query.delete("message");
  if (seats[1]) query.set("beside", seats[1].user);
  else query.delete("beside");
  history.replaceState(null, "", `?${query}`);
  beside.setAttribute("aria-pressed", String(seats.length > 1));
  stage.classList.toggle("two", seats.length > 1);
}

function sit(user, at, place) {
  const seat = new Seat(user, {
    changed: ({ to }) => sit(to, seats.indexOf(seat)),
    drawn: title,
    leave: at > 0 ? toggleBeside : null,
  });
  seat.node.addEventListener("focusin", () => {
    active = seat;
    title();
  });
  if (seats[at]) {
    seats[at].node.before(seat.node);
    seats[at].close();
  } else stage.append(seat.node);
  seats[at] = seat;
  active = seat;
  remember();
  return seat.start(place);
}

function toggleBeside() {
  if (seats[1]) {
    seats.pop().close();
    [active] = seats;
    remember();
    return;
  }
  const other = people().find((person) => person.id !== seats[0].user);
  sit(other.id, 1);
}

// What happens

function forgetDrafts() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
}

async function startOver() {
  forgetDrafts();
  await Promise.all([learnApp(), learnPeople(), learnGroups(), learnClock()]);
  seats.forEach((seat, at) => sit(seat.user, at, seat.place));
}

async function catchUp() {
  banner.textContent = "";
  await Promise.all([learnApp(), learnGroups(), learnClock()]);
  for (const seat of seats) seat.catchUp();
}

const HEARD = {
  connected: catchUp,
  disconnected: () => (banner.textContent = "The workspace does not answer. Trying again…"),
  reset: startOver,
  clock: (change) => learnNow(change.now),
  installation: async () => {
    await learnApp();
    for (const seat of seats) seat.go(seat.place);
  },
  connection: learnApp,
  group: learnGroups,
};

async function hear(change) {
  await HEARD[change.type]?.(change);
  drawer.hear(change);
  for (const seat of seats) seat.hear(change);
  if (active) {
    tick();
  }
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  if (event.key === "k") {
    event.preventDefault();
    openSwitcher(active);
  }
  if (event.key === ".") {
    event.preventDefault();
    drawer.show(drawer.shown === "Inspector" ? null : "Inspector");
  }
});

async function start() {
  startTheme();
  document.body.append(bar, banner, stage, drawer.node);
  await Promise.all([learnApp(), learnPeople(), learnGroups(), learnClock(), learnEmoji()]);
  const query = new URLSearchParams(location.search);
  const known = (id) => people().some((person) => person.id === id);
  await sit(known(query.get("as")) ? query.get("as") : people()[0].id, 0, query.get("in"));
  if (query.get("message")) seats[0].view.point?.(query.get("message"));
  if (known(query.get("beside"))) {
    await sit(query.get("beside"), 1);
    [active] = seats;
    active.view.composer?.focus();
  }
  tick();
  setInterval(tick, 1000);
  onChange(hear);
  startChanges();
}

await start();
document.body.dataset.ready = nameOf(world.app.bot);
