// Draws the data_visualization block as SVG: pie, bar, line, area. Colours come from the style sheet (series-0 …), so both
// themes are right. Numbers that are none count as gaps. Scales are the only arithmetic; nothing is fetched.
// https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block

import { el, svg } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 240;
const PAD = { top: 12, right: 12, bottom: 30 };
// How wide a character of an axis is, on a screen and on a phone, where the style sheet has the letters larger.
const LETTER = 6.4;
const PHONE_LETTER = 11;

const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const powers = new Intl.NumberFormat(undefined, { notation: "scientific", maximumSignificantDigits: 2 });
const short = (value) => {
  const size = Math.abs(value);
  return (size !== 0 && (size < 1e-4 || size >= 1e15) ? powers : compact).format(value);
};
const exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 });

/** Round steps from at most `low` (or zero) to at least `high`, about four of them. */
export function ticks(low, high, fromZero = true) {
  const from = fromZero ? Math.min(0, low) : low;
  const to = high > from ? high : from + 1;
  const rough = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function legend(labels) {
  return el(
    "ul",
    { class: "chart-legend" },
    labels.map((label, index) => el("li", null, el("span", { class: `swatch series-${index % 12}` }), label)),
  );
}

function pie(chart) {
  const segments = (chart.segments ?? []).filter((segment) => Number(segment.value) > 0);
  const total = segments.reduce((sum, segment) => sum + Number(segment.value), 0);
  const center = 100;
  const at = (share) =>
    [center + 92 * Math.sin(share * 2 * Math.PI), center - 92 * Math.cos(share * 2 * Math.PI)].map((n) => n.toFixed(2));
  let share = 0;
  const slices = segments.map((segment, index) => {
    const size = Number(segment.value) / total;
    const [x1, y1] = at(share);
    const [x2, y2] = at((share += size));
    const tip = svg("title", null, `${segment.label}: ${exact.format(segment.value)}`);
    if (size > 0.9999) return svg("circle", { class: `slice series-${index}`, cx: center, cy: center, r: 92 }, tip);
    return svg(
      "path",
      {
        class: `slice series-${index % 12}`,
        d: `M${center} ${center}L${x1} ${y1}A92 92 0 ${size > 0.5 ? 1 : 0} 1 ${x2} ${y2}Z`,
      },
      tip,
    );
  });
  return [
    svg("svg", { class: "chart-pie", viewBox: "0 0 200 200" }, slices),
    legend(
      segments.map(
        (segment) =>
          `${segment.label} · ${exact.format(segment.value)} (${Math.round((100 * segment.value) / total)} %)`,
      ),
    ),
  ];
}

function axes(chart) {
  const series = chart.series ?? [];
  const categories = chart.axis_config?.categories ?? series[0]?.data?.map((point) => point.label) ?? [];
  const values = series.map((one) =>
    categories.map((label) => {
      const value = one.data?.find((point) => point.label === label)?.value;
      return Number.isFinite(value) ? value : null;
    }),
  );
  const known = values.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  // Small changes far from zero would be a straight line; bars and areas stand on zero whatever they say.
  const far = chart.type === "line" && least < most && most - least < 0.2 * Math.max(Math.abs(least), Math.abs(most));
  const steps = far ? ticks(least, most, false) : ticks(Math.min(0, ...known), Math.max(0, ...known));
  const [low, high] = [steps[0], steps.at(-1)];
  // "1.23K" twice says nothing: then all of the number.
  const rounded = steps.map(short);
  const beside = new Set(rounded).size === steps.length ? rounded : steps.map((step) => exact.format(step));
  const left = 14 + PHONE_LETTER * Math.max(...beside.map((label) => label.length));
  const y = (value) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - (value - low) / (high - low));
  const slot = (WIDTH - left - PAD.right) / Math.max(1, categories.length);
  const x = (index) => left + slot * (index + 0.5);
  const longest = Math.max(1, ...categories.map((label) => label.length));
  const every = Math.ceil((longest * LETTER + 10) / slot);
  // On a phone fewer labels have room; every n-th of those on a screen, so that no others move in.
  const phone = every * Math.ceil((longest * PHONE_LETTER + 14) / (slot * every));
  const inside = (label, at) => {
    const half = (label.length * PHONE_LETTER) / 2;
    return Math.max(half, Math.min(WIDTH - half, at));
  };
  const grid = [
    steps.map((step, index) => [
      svg("line", { class: "grid-line", x1: left, x2: WIDTH - PAD.right, y1: y(step), y2: y(step) }),
      svg("text", { class: "axis", x: left - 8, y: y(step) + 4, "text-anchor": "end" }, beside[index]),
    ]),
    categories.map((label, index) =>
      index % every === 0
        ? svg(
            "text",
            {
              class: index % phone === 0 ? "axis" : "axis roomy",
              x: inside(label, x(index)),
              y: HEIGHT - 8,
              "text-anchor": "middle",
            },
            label,
          )
        : null,
    ),
  ];
  return { series, categories, values, grid, x, y, slot, low };
}

const tip = (one, label, value) => svg("title", null, `${one.name} · ${label}: ${exact.format(value)}`);

function bars({ series, categories, values, x, y, slot }) {
  const width = Math.min(44, (slot * 0.72) / Math.max(1, series.length));
  const gap = width > 6 ? 2 : 0.4;
  return values.map((row, s) =>
    row.map((value, index) =>
      value === null
        ? null
        : svg(
            "rect",
            {
              class: `bar series-${s % 12}`,
              rx: Math.min(3, width / 3),
              width: Math.max(1, width - gap),
              height: Math.max(0.5, Math.abs(y(0) - y(value))),
              x: x(index) + (s - series.length / 2) * width + gap / 2,
              y: Math.min(y(0), y(value)),
            },
            tip(series[s], categories[index], value),
          ),
    ),
  );
}

function runs(row) {
  return row
    .reduce(
      (all, value, index) => {
        if (value === null) return [...all, []];
        all.at(-1).push(index);
        return all;
      },
      [[]],
    )
    .filter((run) => run.length > 0);
}

function lines({ series, categories, values, x, y, low }, filled) {
  return values.map((row, s) => [
    runs(row).map((run) => {
      const points = run.map((index) => `${x(index).toFixed(1)} ${y(row[index]).toFixed(1)}`).join("L");
      const floor = y(Math.max(0, low)).toFixed(1);
      return [
        filled
          ? svg("path", {
              class: `area series-${s % 12}`,
              d: `M${x(run[0]).toFixed(1)} ${floor}L${points}L${x(run.at(-1)).toFixed(1)} ${floor}Z`,
            })
          : null,
        svg("path", { class: `line series-${s % 12}`, d: `M${points}` }),
      ];
    }),
    row.map((value, index) =>
      value === null
        ? null
        : svg(
            "circle",
            { class: `dot series-${s % 12}`, cx: x(index), cy: y(value), r: 3 },
            tip(series[s], categories[index], value),
          ),
    ),
  ]);
}

/** Draws the block; the data are also told as text to screen readers. */
export function drawChart(block) {
  const chart = block.chart ?? {};
  const summary =
    chart.type === "pie"
      ? (chart.segments ?? []).map((segment) => `${segment.label} ${segment.value}`).join(", ")
      : (chart.series ?? [])
          .map((one) => `${one.name}: ${(one.data ?? []).map((point) => `${point.label} ${point.value}`).join(", ")}`)
          .join("; ");
  let body;
  if (chart.type === "pie") {
    body = el("div", { class: "chart-round" }, pie(chart));
  } else {
    const plot = axes(chart);
    const marks = chart.type === "bar" ? bars(plot) : lines(plot, chart.type === "area");
    body = [
      chart.axis_config?.y_label ? el("div", { class: "chart-unit" }, chart.axis_config.y_label) : null,
      svg(
        "svg",
        { class: "chart-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}` },
        plot.grid.flat(Infinity),
        marks.flat(Infinity),
      ),
      chart.axis_config?.x_label ? el("div", { class: "chart-unit center" }, chart.axis_config.x_label) : null,
      plot.series.length > 1 ? legend(plot.series.map((one) => one.name)) : null,
    ];
  }
  return el(
    "figure",
    { class: "chart", role: "img", "aria-label": `${block.title ?? "Chart"}. ${summary}` },
    el("figcaption", null, block.title ?? ""),
    body,
  );
}
