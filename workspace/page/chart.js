// The data visualization block: a pie, bars, lines or areas, with the same numbers as a table for who does not see them.
import { make, uid } from "/page/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [480, 220, 44, 24];

function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const words = (x, y, text, anchor) => draw("text", { x, y, "text-anchor": anchor }, text);

function pie({ segments }) {
  const whole = segments.reduce((sum, one) => sum + one.value, 0) || 1;
  const [x, y, radius] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 6];
  let turned = 0;
  const at = (part) => {
    const angle = part * 2 * Math.PI - Math.PI / 2;
    return `${x + radius * Math.cos(angle)} ${y + radius * Math.sin(angle)}`;
  };
  return segments.map((one, index) => {
    const part = one.value / whole;
    const from = turned;
    turned += part;
    if (part >= 1) return draw("circle", { cx: x, cy: y, r: radius, class: `series-${index}` });
    const d = `M${x} ${y}L${at(from)}A${radius} ${radius} 0 ${part > 0.5 ? 1 : 0} 1 ${at(turned)}Z`;
    return draw("path", { d, class: `series-${index}` });
  });
}

/** The axes of a chart of series, and where a value of a category stands. */
function plot({ series, axis_config: { categories } }) {
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = high - low || 1;
  const step = (WIDTH - LEFT) / categories.length;
  const y = (value) => HEIGHT - BOTTOM - ((value - low) / span) * (HEIGHT - BOTTOM - 10);
  const x = (at) => LEFT + step * (at + 0.5);
  const axes = [
    draw("path", { d: `M${LEFT} 6V${HEIGHT - BOTTOM}M${LEFT} ${y(0)}H${WIDTH}`, class: "axis" }),
    words(LEFT - 6, y(high) + 4, high.toLocaleString("en"), "end"),
    words(LEFT - 6, y(low) + 4, low.toLocaleString("en"), "end"),
    ...categories.map((name, at) => words(x(at), HEIGHT - 6, name, "middle")),
  ];
  return { axes, x, y, step };
}

function bars(chart) {
  const { axes, x, y, step } = plot(chart);
  const width = (step * 0.7) / chart.series.length;
  const drawn = chart.series.flatMap((one, index) =>
    one.data.map(({ value }, at) =>
      draw("rect", {
        x: x(at) - step * 0.35 + width * index,
        y: Math.min(y(value), y(0)),
        width: Math.max(1, width - 1),
        height: Math.abs(y(value) - y(0)),
        class: `series-${index}`,
      }),
    ),
  );
  return [...axes, ...drawn];
}

const lines = (filled) => (chart) => {
  const { axes, x, y } = plot(chart);
  const drawn = chart.series.map((one, index) => {
    const points = one.data.map(({ value }, at) => `${x(at)} ${y(value)}`).join("L");
    const closed = filled ? `L${x(one.data.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z` : "";
    return draw("path", { d: `M${points}${closed}`, class: `${filled ? "area" : "line"} series-${index}` });
  });
  return [...axes, ...drawn];
};

const CHARTS = { pie, bar: bars, line: lines(false), area: lines(true) };

function numbers({ chart, title }) {
  const series = chart.series ?? [{ name: "Value", data: chart.segments }];
  const line = (tag, first, cells) =>
    make(
      "tr",
      {},
      make("th", { scope: tag === "th" ? "col" : "row" }, first),
      cells.map((one) => make(tag, { scope: tag === "th" ? "col" : null }, one)),
    );
  return make(
    "table",
    { class: "unseen" },
    make("caption", {}, title),
    make(
      "thead",
      {},
      line(
        "th",
        chart.axis_config?.x_label ?? "Label",
        series.map((one) => one.name),
      ),
    ),
    make(
      "tbody",
      {},
      series[0].data.map(({ label }, at) =>
        line(
          "td",
          label,
          series.map((one) => String(one.data[at].value)),
        ),
      ),
    ),
  );
}

const legendOf = (chart) =>
  chart.segments
    ? chart.segments.map((one) => `${one.label}: ${one.value.toLocaleString("en")}`)
    : chart.series.map((one) => one.name);

export function visualization(_, block) {
  const { chart } = block;
  const id = uid("chart");
  const axis = chart.axis_config ?? {};
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...CHARTS[chart.type](chart));
  return make(
    "figure",
    { class: "chart", "aria-labelledby": id },
    make("figcaption", { id }, make("strong", {}, block.title)),
    axis.y_label ? make("small", { class: "quiet" }, axis.y_label) : null,
    svg,
    axis.x_label ? make("small", { class: "quiet chart-below" }, axis.x_label) : null,
    make(
      "ul",
      { class: "legend", "aria-hidden": "true" },
      legendOf(chart).map((name, index) =>
        make("li", {}, make("span", { class: `swatch series-${index}` }), name),
      ),
    ),
    numbers(block),
  );
}
