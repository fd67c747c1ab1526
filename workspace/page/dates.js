// Instants as a person reads them: in the person's own zone, counted from the workspace's clock.
import { now, world } from "/page/world.js";

const formats = new Map();

/** A formatter in the person's order of day and month, and zone unless `options` names one. */
export function format(user, options) {
  const person = world.users.get(user);
  // The page is in English, so dates are too; only the order of day and month follows the person.
  const locale = person?.locale?.startsWith("en") ? person.locale : "en-GB";
  const key = `${locale} ${person?.tz} ${JSON.stringify(options)}`;
  if (!formats.has(key))
    formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: person?.tz, ...options }));
  return formats.get(key);
}

/** Whether the person writes the month before the day, and weeks from Sunday on. */
export const isMonthFirst = (user) => world.users.get(user)?.locale === "en-US";

const parts = (user, date) =>
  Object.fromEntries(
    format(user, {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );

export const fromTs = (ts) => new Date(Number(ts) * 1000);

const days = new Map();
const MOST_DAYS = 20_000;

/** The person's calendar day as YYYY-MM-DD. */
export function dayOf(user, date) {
  // Remembered by the quarter of an hour, of which zones' offsets are multiples: a long list asks often.
  const key = `${user} ${Math.floor(date / 900_000)}`;
  if (!days.has(key)) {
    if (days.size > MOST_DAYS) days.clear();
    const { year, month, day } = parts(user, date);
    days.set(key, `${year}-${month}-${day}`);
  }
  return days.get(key);
}

/** The person's wall clock as HH:MM. */
export function timeOf(user, date) {
  const { hour, minute } = parts(user, date);
  return `${hour}:${minute}`;
}

/** The instant at which the person's wall clock shows this day and time, in seconds since 1970. */
export function instantOf(user, day, time) {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const shown = (at) => {
    const { year, month, day: d, hour, minute } = parts(user, new Date(at));
    return Date.parse(`${year}-${month}-${d}T${hour}:${minute}:00Z`);
  };
  // Twice, since the offset may differ between the first guess and the answer (summer time).
  let at = wanted - (shown(wanted) - wanted);
  at -= shown(at) - wanted;
  return Math.round(at / 1000);
}

export const clockTime = (user, date) => format(user, { hour: "numeric", minute: "2-digit" }).format(date);

/** A time of day, HH:MM, as the person writes it. */
export const writtenTime = (user, time) =>
  format(user, { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(
    new Date(`2023-01-01T${time}Z`),
  );

const LONG = { weekday: "long", month: "long", day: "numeric" };

/** The name of a day as dividers and full dates have it: Today, Yesterday, or written out. */
export function dayName(user, date, options = LONG) {
  const day = dayOf(user, date);
  const today = now();
  if (day === dayOf(user, today)) return "Today";
  if (day === dayOf(user, new Date(today - 86_400_000))) return "Yesterday";
  if (day === dayOf(user, new Date(Number(today) + 86_400_000))) return "Tomorrow";
  const sameYear = day.slice(0, 4) === dayOf(user, today).slice(0, 4);
  return format(user, sameYear ? options : { ...options, year: "numeric" }).format(date);
}

export const full = (user, date) => format(user, { dateStyle: "full", timeStyle: "short" }).format(date);

const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [2_592_000, "day", 86_400],
  [31_536_000, "month", 2_592_000],
  [Infinity, "year", 31_536_000],
];

/** "3 minutes ago", "in 2 days". */
export function ago(date) {
  const seconds = Math.round((date - now()) / 1000);
  const [, unit, size] = STEPS.find(([most]) => Math.abs(seconds) < most);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

const NEAR = new Set(["Today", "Yesterday", "Tomorrow"]);

function pretty(user, date, options) {
  const name = dayName(user, date, options);
  return NEAR.has(name) ? name.toLowerCase() : format(user, options).format(date);
}

const SHORT_DATE = { month: "short", day: "numeric", year: "numeric" };
const DATE = { month: "long", day: "numeric", year: "numeric" };
const LONG_DATE = { weekday: "long", month: "long", day: "numeric", year: "numeric" };

const TOKENS = {
  date_num: (user, date) => dayOf(user, date),
  date_slash: (user, date) =>
    format(user, { day: "2-digit", month: "2-digit", year: "numeric" }).format(date),
  date: (user, date) => format(user, DATE).format(date),
  date_short: (user, date) => format(user, SHORT_DATE).format(date),
  date_long: (user, date) => format(user, LONG_DATE).format(date),
  date_long_full: (user, date) => format(user, LONG_DATE).format(date),
  date_pretty: (user, date) => pretty(user, date, DATE),
  date_short_pretty: (user, date) => pretty(user, date, SHORT_DATE),
  date_long_pretty: (user, date) => pretty(user, date, LONG_DATE),
  day_divider_pretty: (user, date) => dayName(user, date),
  time: (user, date) => clockTime(user, date),
  time_secs: (user, date) =>
    format(user, { hour: "numeric", minute: "2-digit", second: "2-digit" }).format(date),
  ago: (_, date) => ago(date),
};

/** Slack's date formats: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function slackDate(user, date, pattern) {
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(user, date) ?? whole);
  return pattern.startsWith("{") ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
