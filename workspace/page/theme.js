// Light or dark: as the system has it, or as chosen here.

const KEY = "theme";
const root = document.documentElement;

const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

export const theme = () => root.dataset.theme ?? system();

export function startTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) root.dataset.theme = chosen;
}

export function switchTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  if (next === system()) {
    delete root.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    root.dataset.theme = next;
    localStorage.setItem(KEY, next);
  }
}
