// Line icons, drawn on a 20 by 20 grid.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M8 3 6 17M14 3l-2 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5.5 9V6.5a4.5 4.5 0 0 1 9 0V9M4.5 9h11v8h-11z",
  home: "M3.5 9.5 10 3.5l6.5 6V17h-4.5v-4.5H8V17H3.5z",
  eye: "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  thread: "M3 4h14v9.5H9L5.5 17v-3.5H3zM6.5 7.5h7M6.5 10h4.5",
  smile: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.8 11.8a4 4 0 0 0 6.4 0M7.5 7.5v.8M12.5 7.5v.8",
  pin: "M7 3.5h6l-.7 5.2 2.7 2.8H5l2.7-2.8zM10 11.5v5.5",
  more: "M10 5v.01M10 10v.01M10 15v.01",
  dots: "M5 10v.01M10 10v.01M15 10v.01",
  close: "M5 5l10 10M15 5 5 15",
  send: "M3 3.5 17.5 10 3 16.5l1.8-6.5zM4.8 10h6.7",
  plus: "M10 4v12M4 10h12",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.2a2.2 2.2 0 0 0 4.4 0V10a7.4 7.4 0 1 0-3 6",
  slash: "M4 3.5h12v13H4zM11.5 6.5l-3 7",
  clip: "M14.5 9.5 9 15a3.2 3.2 0 0 1-4.5-4.5l6.3-6.3a2.2 2.2 0 0 1 3.1 3.1L7.8 13.4",
  bolt: "M11.5 2.5 4.5 11.5H10l-1.5 6 7-9H10z",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
  clock: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2",
  bug: "M6.5 8.5a3.5 3.5 0 0 1 7 0V13a3.5 3.5 0 0 1-7 0zM3 7l3.5 2M17 7l-3.5 2M2.5 12h4M17.5 12h-4M3.5 17l3.2-2.5M16.5 17l-3.2-2.5M8 5.2 6.5 3M12 5.2 13.5 3",
  tree: "M3 3.5h6v4H3zM11 12.5h6v4h-6zM11 5.5h6v3h-6zM6 7.5v7h5M6 9h0M9 7h2",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16",
  split: "M3 3.5h14v13H3zM10 3.5v13",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  back: "M12 4.5 6.5 10l5.5 5.5",
  down: "M5 8l5 5 5-5",
  right: "M8 5l5 5-5 5",
  check: "M4.5 10.5 8.5 14.5 16 6",
  trash: "M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11.5h7.6l.7-11.5M8.5 8.5v5.5M11.5 8.5v5.5",
  up: "M6 9v8H3.5V9zM6 9l3.5-6c1.5 0 2 1 1.8 2.2L10.8 8H15c1 0 1.7.9 1.4 2l-1.3 5.6c-.2.8-.9 1.4-1.7 1.4H6",
  thumbdown:
    "M6 11V3H3.5v8zM6 11l3.5 6c1.5 0 2-1 1.8-2.2l-.5-2.8H15c1 0 1.7-.9 1.4-2l-1.3-5.6C14.9 3.6 14.2 3 13.4 3H6",
  edit: "M4 16l.8-3.5L13.5 3.8l2.7 2.7L7.5 15.2z",
  file: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5",
  people:
    "M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2 16.5c0-3 2.3-5 5.5-5s5.5 2 5.5 5M13 9.3a2.4 2.4 0 1 0-.6-4.6M14.5 11.6c2 .4 3.5 2 3.5 4.4",
  app: "M3.5 3.5h5.5V9H3.5zM11 3.5h5.5V9H11zM3.5 11h5.5v5.5H3.5zM11 11h5.5v5.5H11z",
  sparkle: "M9 3l1.6 4.4L15 9l-4.4 1.6L9 15l-1.6-4.4L3 9l4.4-1.6zM15.5 13v4M13.5 15h4",
  external: "M11 4h5v5M16 4l-7 7M13.5 11v5h-10V6h5",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z",
  italic: "M8 4h6M6 16h6M11.5 4l-3 12",
  strike:
    "M14 6c-.6-1.3-2-2-4-2-2.400 0-4 1-4 2.800 0 4.400 8 2 8 6.400 0 1.800-1.600 2.800-4 2.800-2.200 0-3.700-.8-4.200-2.300M3 10h14",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  codeblock: "M3 3.5h14v13H3zM8 7.5 5.5 10 8 12.5M12 7.5l2.5 2.5-2.5 2.5",
  letters: "M2.5 15 6.5 5l4 10M4 11.5h5M17 15v-5a2.5 2.5 0 0 0-4.5-1.5M17 11.5c-3 0-5 .3-5 2s4 2.200 5-.5",
  quote: "M4 4v12M8 6h8M8 10h8M8 14h5",
  bullets: "M8 5h9M8 10h9M8 15h9M4 5v.01M4 10v.01M4 15v.01",
  numbers: "M9 5h8M9 10h8M9 15h8M3.5 4 4.5 3.5V7M3.5 12.5h2l-2 3h2",
  link: "M8.5 11.5l3-3M9.5 6.5l1.5-1.5a3 3 0 0 1 4.200 4.200L13.5 11M10.5 13.5 9 15a3 3 0 0 1-4.200-4.200L6.5 9",
};

/** A picture that screen readers pass over; its button carries the label. */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
