// Calendar days as YYYY-MM-DD: counted, written and read in a person's own way.
import { dayOf, format, isMonthFirst } from "/page/dates.js";
import { now } from "/page/world.js";

const DAY_MS = 86_400_000;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const at = (day) => new Date(`${day}T00:00Z`);
const written = (date) => date.toISOString().slice(0, 10);

export const today = (user) => dayOf(user, now());

export const addDays = (day, count) => written(new Date(Number(at(day)) + count * DAY_MS));

/** The same day of another month, or that month's last one. */
export function addMonths(day, count) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0));
  return written(new Date(Date.UTC(year, month - 1 + count, Math.min(date, last.getUTCDate()))));
}

/** "4 December 2026", or in the American order. */
export const writtenDay = (user, day, more = {}) =>
  format(user, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC", ...more }).format(at(day));

export const monthName = (user, day) =>
  format(user, { month: "long", year: "numeric", timeZone: "UTC" }).format(at(day));

/** The days of the week in the person's order: {number (0 is Sunday), name, short}. */
export function weekdays(user) {
  const first = isMonthFirst(user) ? 0 : 1;
  return Array.from({ length: 7 }, (_, index) => {
    const number = (first + index) % 7;
    const date = new Date(Date.UTC(2023, 0, 1 + number)); // the first of January 2023 was a Sunday
    const name = format(user, { weekday: "long", timeZone: "UTC" }).format(date);
    return { number, name, short: name.slice(0, 2) };
  });
}

/** The weeks of the month that `day` is in; null where a day is of another month. */
export function daysOfMonth(user, day) {
  const first = `${day.slice(0, 7)}-01`;
  const before = weekdays(user).findIndex(({ number }) => number === at(first).getUTCDay());
  const month = day.slice(0, 7);
  const weeks = [];
  for (let start = addDays(first, -before); start.slice(0, 7) <= month; start = addDays(start, 7)) {
    const week = Array.from({ length: 7 }, (_, index) => addDays(start, index));
    weeks.push(week.map((one) => (one.startsWith(month) ? one : null)));
  }
  return weeks;
}

function real(year, month, date) {
  const found = new Date(Date.UTC(year, month - 1, date));
  const kept = found.getUTCMonth() === month - 1 && found.getUTCDate() === Number(date);
  return kept ? written(found) : null;
}

const NUMBERS = /^(\d{1,2})[\s./-]+(\d{1,2})(?:[\s./-]+(\d{4}))?$/;
const DAY_MONTH = /^(\d{1,2})\.?\s+([a-z]{3,9})\.?(?:,?\s+(\d{4}))?$/;
const MONTH_DAY = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?$/;

/** The day that somebody typed, this year's where no year is named; null for what is none. */
export function readDay(user, text) {
  const words = text.trim().toLowerCase();
  const thisYear = today(user).slice(0, 4);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  if (iso) return real(iso[1], iso[2], iso[3]);
  const numbers = NUMBERS.exec(words);
  if (numbers) {
    const [date, month] = isMonthFirst(user) ? [numbers[2], numbers[1]] : [numbers[1], numbers[2]];
    return real(numbers[3] ?? thisYear, month, date);
  }
  const [, date, name, year] = DAY_MONTH.exec(words) ?? [];
  const [, other, second, third] = MONTH_DAY.exec(words) ?? [];
  const month = MONTHS.indexOf((name ?? other ?? "").slice(0, 3)) + 1;
  return month ? real(year ?? third ?? thisYear, month, date ?? second) : null;
}
