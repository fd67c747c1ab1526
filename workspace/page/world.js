// What is the same for everybody on this page: the people, the app's offers, the clock.
import { get } from "/page/api.js";

export const SLACKBOT = "USLACKBOT";

export const world = { users: new Map(), groups: new Map(), app: { commands: [], shortcuts: [] }, ahead: 0 };

export async function learnApp() {
  world.app = await get("app");
}

export async function learnPeople() {
  world.users = new Map((await get("users")).users.map((user) => [user.id, user]));
}

export async function learnGroups() {
  world.groups = new Map((await get("groups")).groups.map((group) => [group.id, group]));
}

export function learnNow(instant) {
  world.ahead = new Date(instant) - Date.now();
}

export async function learnClock() {
  learnNow((await get("clock")).now);
}

/** The workspace's clock, which may have been moved. */
export const now = () => new Date(Date.now() + world.ahead);

/** Those one can act as. */
export const people = () => [...world.users.values()].filter((user) => !user.is_bot && user.id !== SLACKBOT);

export const nameOf = (id) => world.users.get(id)?.real_name ?? id;
export const handleOf = (id) => world.users.get(id)?.profile.display_name || nameOf(id);
export const isBot = (id) => world.users.get(id)?.is_bot ?? false;
