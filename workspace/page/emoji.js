// Emoji by Slack's names, and the names a person can search.

let known = new Map();
let groups = [];

/** Read the list once, before anything is drawn. */
export async function learnEmoji() {
  const lines = (await (await fetch("/page/emoji.txt")).text()).split("\n");
  groups = [];
  known = new Map();
  for (const line of lines.filter((one) => one && !one.startsWith("#"))) {
    if (line.startsWith("= ")) {
      groups.push({ name: line.slice(2), emoji: [] });
      continue;
    }
    const [picture, ...names] = line.split(" ");
    groups.at(-1).emoji.push({ picture, names });
    for (const name of names) known.set(name, picture);
  }
}

const TONES = ["", "", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];

/** The picture of a name such as thumbsup or wave::skin-tone-3, or null. */
export function picture(name, tone = 0) {
  const [base, skin] = name.split("::skin-tone-");
  const found = known.get(base);
  return found ? found + TONES[Number(skin ?? tone)] : null;
}

/** The text with every known :name: replaced by its picture. */
export const withEmoji = (text) =>
  text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (whole, name) => picture(name) ?? whole);

/** Emoji whose names hold these words; without words all, in groups. */
export function searchEmoji(words) {
  const wanted = words
    .trim()
    .toLowerCase()
    .replace(/[\s:]+/g, "_");
  if (!wanted) return groups;
  const hits = groups.flatMap((group) =>
    group.emoji.filter(({ names }) => names.some((name) => name.includes(wanted))),
  );
  const rank = ({ names }) =>
    Math.min(...names.map((name) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2)));
  return [{ name: "Search results", emoji: hits.sort((a, b) => rank(a) - rank(b)).slice(0, 90) }];
}
