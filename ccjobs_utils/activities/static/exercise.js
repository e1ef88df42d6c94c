// The view of an exercise: what the trainee's code gives, case by case.

const LONG = 40;

/** A value as Python code, or as a small table. */
function valueView(value) {
  if (!value.rows) return h("code", {}, value.code);
  return h("table", { class: "ccjobs-data" },
    h("thead", {}, h("tr", {}, value.columns.map((column) => h("th", { scope: "col" }, column)))),
    h("tbody", {}, value.rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))));
}

function inputView(args) {
  return args.flatMap((arg, i) => (i ? [", ", valueView(arg)] : [valueView(arg)]));
}

function caseRow(name, tried, words) {
  const cell = (title, ...inside) => h("td", { "data-title": title, role: "cell" }, inside);
  const got = cell(words.got);
  const result = cell(words.result);
  return {
    element: h("tr", { "data-case": tried.id, role: "row" },
      h("th", { scope: "row", role: "rowheader" }, name),
      tried.args === null ? null : cell(words.input, inputView(tried.args)),
      cell(words.expected, valueView(tried.expect)),
      got,
      result),
    update(state) {
      const printed = state.printed ? h("p", { class: "ccjobs-hint" }, `${words.printed} `, h("code", {}, state.printed)) : "";
      got.replaceChildren(state.trouble || valueView(state.got), printed);
      const signs = { right: `✓ ${words.passed}`, wrong: `✗ ${words["failed-case"]}`, blank: "–" };
      result.replaceChildren(h("strong", {}, signs[state.state]));
      got.closest("tr").dataset.state = state.state;
    },
  };
}

export default {
  render(context) {
    return activity(context, (body, saver, _fields, shown, words) => {
      const cases = Object.entries(shown.cases).map(([id, one]) => ({ id, ...one }));
      const rows = cases.map((one, i) => caseRow(one.note ? inline(one.note) : fill(words["case-n"], { n: i + 1 }), one, words));
      const hasInput = cases.some((one) => one.args !== null);
      const isWide = cases.some((one) => [...(one.args ?? []), one.expect].some((value) => value.rows || value.code.length > LONG));
      const headings = [words.case, hasInput && words.input, words.expected, words.got, words.result].filter(Boolean);
      const summary = h("p", { class: "ccjobs-quiet", "aria-live": "polite" });
      body.append(
        h("table", { class: `ccjobs-cases${isWide ? " ccjobs-cards" : ""}`, role: "table" },
          h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, headings.map((heading) => h("th", { scope: "col", role: "columnheader" }, heading)))),
          h("tbody", { role: "rowgroup" }, rows.map((row) => row.element))),
        summary,
        h("div", { class: "ccjobs-actions" },
          h("button", { type: "button", class: "ccjobs-button ccjobs-check", onclick: () => saver.ask("check") }, words["check-code"])),
        ...(shown.hidden ? [h("p", { class: "ccjobs-hint" }, shown.hidden === 1 ? words["hidden-one"] : fill(words.hidden, { n: shown.hidden }))] : []),
        ...(shown.hints ?? []).map((hint, i) => h("details", {}, h("summary", {}, fill(words.hint, { n: i + 1 })), prose(hint))),
      );
      return (state) => {
        cases.forEach(({ id }, i) => rows[i].update(state.cases[id]));
        const passed = cases.filter(({ id }) => state.cases[id].state === "right").length;
        summary.textContent = fill(words["cases-passed"], { n: passed, all: cases.length });
      };
    });
  },
};
