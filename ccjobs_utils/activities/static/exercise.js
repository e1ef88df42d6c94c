// The view of an exercise: what the trainee's code gives, case by case.

function caseRow(id, shownCase, words) {
  const got = h("td", { "data-title": words.got });
  const result = h("td", { "data-title": words.result });
  const element = h("tr", { "data-case": id },
    h("th", { scope: "row" }, shownCase.note ? inline(shownCase.note) : id),
    shownCase.args == null ? null : h("td", { "data-title": words.input }, h("code", {}, shownCase.args)),
    h("td", { "data-title": words.expected }, h("code", {}, shownCase.expect)),
    got,
    result);
  return {
    element,
    update(state) {
      const said = { defined: h("code", {}, state.got), undefined: words["code-first"], blank: words["no-answer"] };
      got.replaceChildren(state.error || said[state.shows]);
      const signs = { right: `✓ ${words.passed}`, wrong: `✗ ${words["failed-case"]}`, blank: "–" };
      result.replaceChildren(h("strong", {}, signs[state.state]));
      element.dataset.state = state.state;
    },
  };
}

export default {
  render(context) {
    return activity(context, (body, saver, shown, words) => {
      const visible = Object.entries(shown.cases).filter(([, one]) => one.visible);
      const hidden = Object.keys(shown.cases).length - visible.length;
      const rows = Object.fromEntries(visible.map(([id, one]) => [id, caseRow(id, one, words)]));
      const withInput = visible.some(([, one]) => one.args != null);
      const headings = [words.case, withInput && words.input, words.expected, words.got, words.result].filter(Boolean);
      const summary = h("p", { class: "ccjobs-quiet", "aria-live": "polite" });
      body.append(
        h("table", { class: "ccjobs-cases" },
          h("thead", {}, h("tr", {}, headings.map((heading) => h("th", { scope: "col" }, heading)))),
          h("tbody", {}, Object.values(rows).map((row) => row.element))),
        summary,
        h("div", { class: "ccjobs-actions" },
          h("button", { type: "button", class: "ccjobs-button ccjobs-check", onclick: () => saver.ask("check") }, words["check-code"])),
        ...(hidden ? [h("p", { class: "ccjobs-hint" }, hidden === 1 ? words["hidden-one"] : fill(words.hidden, { n: hidden }))] : []),
        ...(shown.hints ?? []).map((hint, i) => h("details", {}, h("summary", {}, fill(words.hint, { n: i + 1 })), prose(hint))),
      );
      return (state) => {
        for (const [id, row] of Object.entries(rows)) if (state.cases[id]) row.update(state.cases[id]);
        const passed = Object.values(state.cases).filter((one) => one.state === "right").length;
        summary.textContent = `${words.passed}: ${passed} / ${visible.length}`;
      };
    });
  },
};
