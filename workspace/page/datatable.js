// The data table: a page at a time, sorted by the column one presses, narrowed to the rows that hold what is typed.
import { button, make, uid, unseen } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { richText } from "/page/richtext.js";

const PAGE = 5;
const ORDERS = { ascending: "descending", descending: "none", none: "ascending" };

const worth = (cell) => (cell.type === "raw_number" ? cell.value : null);

export function dataTable(surface, block, _, { element }) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? PAGE;
  const named = block.row_header_column_index ?? 0;
  const shown = (cell) => {
    if (cell.type === "rich_text") return richText(surface.seat, cell);
    return cell.type === "action" ? element(surface, block, cell.element) : cell.text;
  };
  // What a person reads in a cell: to sort by, and to find.
  const words = (cell) => make("span", {}, shown(cell)).textContent;
  const compare = (column) => (a, b) => {
    const [left, right] = [worth(a[column]), worth(b[column])];
    return left !== null && right !== null
      ? left - right
      : words(a[column]).localeCompare(words(b[column]), "en", { numeric: true });
  };
  const state = { column: -1, order: "none", page: 0, filter: "" };
  const id = uid("table");
  const body = make("tbody");
  const where = make("span", { class: "quiet", role: "status" });

  const wanted = () => {
    const found = rows.filter((row) =>
      row.some((cell) => words(cell).toLowerCase().includes(state.filter.toLowerCase())),
    );
    if (state.order === "none") return found;
    const sorted = found.toSorted(compare(state.column));
    return state.order === "ascending" ? sorted : sorted.reverse();
  };
  const line = (row) =>
    make(
      "tr",
      {},
      row.map((cell, at) =>
        make(
          at === named ? "th" : "td",
          {
            class: cell.type === "raw_number" ? "right" : null,
            scope: at === named ? "row" : null,
          },
          shown(cell),
        ),
      ),
    );
  const draw = () => {
    const found = wanted();
    const pages = Math.max(1, Math.ceil(found.length / size));
    state.page = Math.min(state.page, pages - 1);
    body.replaceChildren(...found.slice(state.page * size, (state.page + 1) * size).map(line));
    where.textContent = `Page ${state.page + 1} of ${pages}, ${found.length} ${found.length === 1 ? "row" : "rows"}`;
    before.disabled = state.page === 0;
    after.disabled = state.page >= pages - 1;
    heads.forEach((node, at) =>
      node.setAttribute("aria-sort", at === state.column ? state.order : "none"),
    );
  };
  const turn = (by, label, picture) =>
    button(
      {
        class: "icon-button",
        "aria-label": label,
        onclick: () => {
          state.page += by;
          draw();
        },
      },
      icon(picture),
    );
  const sort = (column) => () => {
    state.order = ORDERS[column === state.column ? state.order : "none"];
    state.column = column;
    draw();
  };
  const heads = head.map((cell, at) =>
    make(
      "th",
      { scope: "col", "aria-sort": "none", class: rows[0][at].type === "raw_number" ? "right" : null },
      button({ class: "sort", onclick: sort(at) }, words(cell), unseen(", sort")),
    ),
  );
  const before = turn(-1, "Page before", "back");
  const after = turn(1, "Page after", "right");
  const filter = make("input", {
    class: "field",
    type: "search",
    placeholder: "Filter",
    "aria-label": `Filter ${block.caption}`,
    oninput: (event) => {
      state.filter = event.target.value;
      state.page = 0;
      draw();
    },
  });
  draw();
  return make(
    "div",
    { class: "data-table" },
    make("div", { class: "data-table-head" }, make("strong", { id }, block.caption), filter),
    make(
      "div",
      { class: "table-scroll", tabindex: 0, role: "group", "aria-labelledby": id },
      make("table", { "aria-labelledby": id }, make("thead", {}, make("tr", {}, heads)), body),
    ),
    make("div", { class: "data-table-foot" }, where, before, after),
  );
}
