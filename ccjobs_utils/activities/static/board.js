// The view of the staffing board: sliders, and a picture of service level, occupancy and waiting for each number of agents.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const LEFT = 52;
const RIGHT = 16;
const TOP = { from: 50, to: 220 };
const BOTTOM = { from: 268, to: 378 };
const LONGEST_S = 180;

/** An element of a drawing. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity));
  return element;
}

export default {
  render({ model, el }) {
    const words = model.get("words");
    const language = model.get("language");
    const percent = (share) => share.toLocaleString(language, { style: "percent", maximumFractionDigits: 0 });
    const seconds = (row) => (row.asa_s === null ? words["board-endless"] : fill(words["board-seconds"], { n: Math.round(row.asa_s) }));
    const names = { calls: words["board-calls"], aht_s: words["board-aht"], agents: words["board-agents"] };
    const steps = { calls: 5, aht_s: 15, agents: 1 };
    const drawing = h("div", { class: "ccjobs-drawing" });
    const told = h("p", { class: "ccjobs-told", role: "status" });
    const table = h("table", {});
    const heading = unique("board");
    const sliders = Object.entries(names).map(([name, text]) => {
      const id = unique(name);
      const [min, max] = model.get("limits")[name];
      const value = h("output", { for: id });
      const slider = h("input", { id, type: "range", min, max, step: steps[name], value: model.get("settings")[name], oninput: move });
      return { name, slider, value, row: h("div", { class: "ccjobs-slider" }, h("label", { for: id }, text), slider, value) };
    });

    function move() {
      tellValues();
      model.set("settings", Object.fromEntries(sliders.map(({ name, slider }) => [name, Number(slider.value)])));
      model.save_changes();
    }

    function tellValues() {
      for (const { name, slider, value } of sliders) {
        const text = name === "aht_s" ? fill(words["board-seconds"], { n: slider.value }) : slider.value;
        value.textContent = text;
        slider.setAttribute("aria-valuetext", text);
      }
    }

    function show() {
      const picture = model.get("picture");
      const now = picture.rows.find((row) => row.agents === picture.agents);
      told.textContent = fill(words[now.asa_s === null ? "board-told-endless" : "board-told"], {
        agents: now.agents,
        load: picture.load.toLocaleString(language),
        level: percent(now.service_level),
        target: picture.target_s,
        wait: seconds(now),
        occupancy: percent(now.occupancy),
      });
      drawing.replaceChildren(chart(picture, now));
      table.replaceChildren(
        h("thead", {}, h("tr", {}, [words["board-agents"], fill(words["board-level"], { target: picture.target_s }), words["board-wait"], words["board-occupancy"]].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, picture.rows.map((row) => h("tr", { "data-now": String(row === now) },
          h("th", { scope: "row" }, row.agents), h("td", {}, percent(row.service_level)), h("td", {}, seconds(row)), h("td", {}, percent(row.occupancy))))));
    }

    function chart({ rows, goal, target_s: target, ceiling: [tiring, worn] }, now) {
      const pitch = (WIDTH - LEFT - RIGHT) / rows.length;
      const x = (row) => LEFT + pitch * (rows.indexOf(row) + 0.5);
      const y = (share) => TOP.to - share * (TOP.to - TOP.from);
      const waitY = (wait) => BOTTOM.to - Math.min(wait ?? LONGEST_S, LONGEST_S) / LONGEST_S * (BOTTOM.to - BOTTOM.from);
      const line = (key, name) => draw("polyline", { class: `ccjobs-line ccjobs-${name}`, points: rows.map((row) => `${x(row)},${y(row[key])}`).join(" ") });
      const text = (at, down, content, more = {}) => draw("text", { x: at, y: down, ...more }, content);
      const marks = [0, 0.5, goal, 1];
      return draw("svg", { viewBox: `0 0 ${WIDTH} 420`, role: "img", "aria-label": told.textContent },
        draw("rect", { class: "ccjobs-ceiling", x: LEFT, width: WIDTH - LEFT - RIGHT, y: y(worn), height: y(tiring) - y(worn) }),
        text(WIDTH - RIGHT - 4, y(worn) + 12, words["board-ceiling"], { "text-anchor": "end", class: "ccjobs-small" }),
        marks.map((mark) => [
          draw("line", { class: mark === goal ? "ccjobs-goal" : "ccjobs-rule", x1: LEFT, x2: WIDTH - RIGHT, y1: y(mark), y2: y(mark) }),
          text(LEFT - 8, y(mark) + 4, percent(mark), { "text-anchor": "end", class: "ccjobs-small" }),
        ]),
        draw("line", { class: "ccjobs-now", x1: x(now), x2: x(now), y1: TOP.from - 8, y2: BOTTOM.to }),
        line("service_level", "level"),
        line("occupancy", "occupancy"),
        draw("circle", { class: "ccjobs-level", cx: x(now), cy: y(now.service_level), r: 6 }),
        draw("rect", { class: "ccjobs-occupancy", x: x(now) - 5, y: y(now.occupancy) - 5, width: 10, height: 10 }),
        text(LEFT, 14, `● ${fill(words["board-level"], { target })}`, { class: "ccjobs-level ccjobs-legend" }),
        text(LEFT, 34, `■ ${words["board-occupancy"]}`, { class: "ccjobs-occupancy ccjobs-legend" }),
        text(LEFT, BOTTOM.from - 24, words["board-wait"], { class: "ccjobs-legend" }),
        draw("line", { class: "ccjobs-rule", x1: LEFT, x2: WIDTH - RIGHT, y1: BOTTOM.to, y2: BOTTOM.to }),
        rows.map((row) => [
          draw("rect", { class: `ccjobs-bar${row === now ? " ccjobs-bar-now" : ""}${row.asa_s === null ? " ccjobs-bar-endless" : ""}`, x: x(row) - pitch * 0.32, width: pitch * 0.64, y: waitY(row.asa_s), height: Math.max(1, BOTTOM.to - waitY(row.asa_s)) }),
          text(x(row), waitY(row.asa_s) - 4, row.asa_s === null ? "∞" : Math.round(row.asa_s), { "text-anchor": "middle", class: "ccjobs-small" }),
          text(x(row), BOTTOM.to + 16, row.agents, { "text-anchor": "middle", class: row === now ? "ccjobs-here" : "ccjobs-small" }),
        ]),
        text(LEFT, BOTTOM.to + 36, words["board-agents"], { class: "ccjobs-small" }),
      );
    }

    const root = h("section", { class: "ccjobs-activity ccjobs-board", "aria-labelledby": heading, lang: language, "data-lm-suppress-shortcuts": "true" },
      h("header", {}, h("h3", { id: heading }, words["board-title"]), h("p", { class: "ccjobs-kind" }, words["board-how"])),
      sliders.map(({ row }) => row), told, drawing,
      h("details", {}, h("summary", {}, words["board-numbers"]), table));
    // Keys pressed here move sliders, never JupyterLab's cells.
    for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
    el.append(root);
    tellValues();
    show();
    model.on("change:picture", show);
    return () => model.off("change:picture", show);
  },
};
