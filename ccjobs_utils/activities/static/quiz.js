// The view of a quiz: each question type as plain form controls.

const LONG_CHOICE = 30;

/** Controls of one question: { element, show(value) }, calling save(value) at each change. */
const controls = {
  choice(question, key, { save, words, graded }) {
    const name = unique(key);
    const inputs = Object.entries(question.options).map(([id, option]) => [
      id, option, h("input", { type: "radio", name, value: id, onchange: () => save(id) }),
    ]);
    const clear = h("button", { type: "button", class: "ccjobs-link", onclick: () => save(null) }, words.clear);
    return {
      element: [inputs.map(([id, option, input]) => optionLine(id, option, input)), clear],
      show(value) {
        for (const [id, , input] of inputs) input.checked = id === value;
        // In practice, starting over takes the answer back.
        hide(clear, !graded || value == null, inputs[0][2]);
      },
    };
  },

  choices(question, _key, { save }) {
    const inputs = Object.entries(question.options).map(([id, option]) => [
      id, option, h("input", { type: "checkbox", value: id, onchange: () => save(inputs.filter(([, , i]) => i.checked).map(([ticked]) => ticked)) }),
    ]);
    return {
      element: inputs.map(([id, option, input]) => optionLine(id, option, input)),
      show(value) {
        for (const [id, , input] of inputs) input.checked = (value ?? []).includes(id);
      },
    };
  },

  order(question, _key, { save, words, graded }) {
    let order = Object.keys(question.items);
    let isAnswered = false;
    const said = h("p", { class: "ccjobs-quiet", "aria-live": "polite" });
    const open = h("p", { class: "ccjobs-hint" }, words[graded ? "order-open" : "order-open-practice"]);
    const confirm = h("button", { type: "button", class: "ccjobs-button ccjobs-confirm", hidden: !graded, onclick: () => save(order) }, words.confirm);
    const list = h("ol", { class: "ccjobs-order", role: "list" });
    const rows = Object.fromEntries(order.map((id) => {
      const what = question.items[id].text;
      const up = h("button", { type: "button", class: "ccjobs-up", "aria-label": fill(words.up, { what }), onclick: () => move(id, -1) }, "▲");
      const down = h("button", { type: "button", class: "ccjobs-down", "aria-label": fill(words.down, { what }), onclick: () => move(id, 1) }, "▼");
      return [id, { up, down, line: h("li", { "data-item": id }, h("div", {}, h("span", {}, inline(what)), up, down), feedbackSlot(id)) }];
    }));
    function place() {
      order.forEach((id, i) => {
        list.append(rows[id].line);
        rows[id].up.disabled = i === 0;
        rows[id].down.disabled = i === order.length - 1;
      });
    }
    function move(id, by) {
      const from = order.indexOf(id);
      order = order.toSpliced(from, 1).toSpliced(from + by, 0, id);
      place();
      const { up, down } = rows[id];
      const button = by < 0 ? up : down;
      (button.disabled ? (by < 0 ? down : up) : button).focus();
      said.textContent = fill(words.moved, { what: question.items[id].text, n: order.indexOf(id) + 1, all: order.length });
      save(order);
    }
    place();
    return {
      element: [list, open, confirm, said],
      first: () => rows[order[0]].down,
      /** Checking an order as it stands answers it so. */
      settle: () => isAnswered || save(order),
      show(value) {
        isAnswered = value != null;
        open.hidden = isAnswered;
        if (graded) hide(confirm, isAnswered, rows[order[0]].down);
        const wanted = value ?? Object.keys(question.items);
        if (wanted.join() === order.join()) return;
        const focused = list.contains(document.activeElement) ? document.activeElement : null;
        order = wanted;
        place();
        focused?.focus();
      },
    };
  },

  match(question, _key, { save, words }) {
    const selects = Object.keys(question.rows).map((row) => [row, select(question.choices, words, { "data-row": row })]);
    const isLong = Object.values(question.choices).some((text) => text.length > LONG_CHOICE);
    const all = () => Object.fromEntries(selects.filter(([, s]) => s.value).map(([row, s]) => [row, s.value]));
    for (const [, s] of selects) s.addEventListener("change", () => save(all()));
    return {
      element: h("div", { class: isLong ? "ccjobs-long" : "" }, selects.map(([row, s]) =>
        h("div", { class: "ccjobs-pair" }, h("label", {}, h("span", {}, inline(question.rows[row].text)), s), feedbackSlot(row)))),
      show(value) {
        for (const [row, s] of selects) s.value = value?.[row] ?? "";
      },
    };
  },

  grid(question, key, { save, words }) {
    const columns = Object.entries(question.columns).map(([id, column]) => [id, column, unique(`${key}-${id}`)]);
    const cells = [];
    const body = Object.entries(question.rows).map(([row, { text }]) => {
      const rowId = unique(`${key}-${row}`);
      return h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, h("span", { id: rowId }, inline(text)), feedbackSlot(row)), columns.map(([id, column, columnId]) => {
        const s = select(column.choices, words, { "data-row": row, "data-column": id, "aria-labelledby": `${rowId} ${columnId}` });
        s.addEventListener("change", () => save(all()));
        cells.push([row, id, s]);
        return h("td", { "data-title": column.title, role: "cell" }, s);
      }));
    });
    function all() {
      const value = {};
      for (const [row, column, s] of cells) if (s.value) (value[row] ??= {})[column] = s.value;
      return value;
    }
    return {
      element: h("table", { class: "ccjobs-grid", role: "table" },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
          h("td", { role: "cell" }),
          columns.map(([, column, id]) => h("th", { scope: "col", role: "columnheader", id }, column.title)))),
        h("tbody", { role: "rowgroup" }, body)),
      show(value) {
        for (const [row, column, s] of cells) s.value = value?.[row]?.[column] ?? "";
      },
    };
  },

  number(question, _key, tools) {
    return typed(question, tools, { inputmode: "decimal" });
  },

  text(question, _key, tools) {
    return typed(question, tools, {});
  },
};

function typed(question, { save, words, fields, problem }, attributes) {
  const input = h("input", { type: "text", class: "ccjobs-typed", autocomplete: "off", maxlength: 500, "aria-describedby": problem.id, ...attributes });
  fields.watch(input, save);
  return {
    element: h("div", {}, h("label", { class: "ccjobs-field" }, h("span", {}, words["your-answer"]), input, question.unit ?? "")),
    settle: () => fields.flush(),
    show: (value) => fields.show(input, value == null ? "" : String(value)),
  };
}

function optionLine(id, option, input) {
  return h("div", { class: "ccjobs-option" }, h("label", {}, input, h("span", {}, inline(option.text))), feedbackSlot(id));
}

function select(choices, words, attributes) {
  return h("select", attributes, h("option", { value: "" }, words.choose), Object.entries(choices).map(([id, text]) => h("option", { value: id }, text)));
}

/** Where the feedback to one part of a question is shown. */
function feedbackSlot(part) {
  return h("div", { class: "ccjobs-feedback", "data-part": part, hidden: true });
}

function questionView(number, key, question, saver, fields, shown, words) {
  const practice = !shown.graded;
  const isOne = ["choice", "number", "text"].includes(question.type);
  const save = (value) => saver.answer(key, value);
  const problem = h("p", { class: "ccjobs-problem", id: unique("problem"), role: "status" });
  const control = controls[question.type](question, key, { save, words, fields, problem, graded: shown.graded });
  const check = () => {
    control.settle?.();
    saver.ask("check", key);
  };
  const button = (kind, text, onclick, isHidden) => h("button", { type: "button", class: `ccjobs-${kind}`, hidden: isHidden, onclick }, text);
  const reveal = button("link ccjobs-reveal", words.reveal, () => saver.ask("reveal", key), true);
  const again = button("link ccjobs-again", words.again, () => saver.ask("again", key), true);
  const verdict = h("div", { class: "ccjobs-verdict", "aria-live": "polite", tabindex: "-1" });
  const points = shown.graded ? h("span", { class: "ccjobs-worth" }, pointsOf(question.points ?? 1, words, shown.language)) : null;
  const [asked, ...more] = question.text.trim().split(/\n\s*\n/);
  const element = h(
    "fieldset",
    { "data-question": key },
    h("legend", {}, h("span", { class: "ccjobs-number" }, `${number}.`), " ", inline(asked), " ", points),
    more.length ? prose(more.join("\n\n")) : null,
    question.case ? h("div", { class: "ccjobs-case" }, prose(question.case)) : null,
    control.element,
    problem,
    practice ? h("div", { class: "ccjobs-actions" }, question.type === "choice" ? null : button("button ccjobs-check", words.check, check), reveal, again) : null,
    verdict,
  );
  const first = () => control.first?.() ?? element.querySelector("input, select");
  const slots = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((slot) => [slot.dataset.part, slot]));

  let told = "null";
  function showReview(review) {
    // What is there already is left alone, or a screen reader would read it out at every answer.
    if (told === (told = JSON.stringify(review ?? null))) return;
    for (const slot of Object.values(slots)) {
      slot.hidden = true;
      slot.replaceChildren();
    }
    verdict.replaceChildren();
    delete element.dataset.verdict;
    hide(reveal, !review || review.revealed || review.score.state === "right", review ? verdict : first());
    hide(again, !review, first());
    if (!review) return;
    element.dataset.verdict = review.score.state;
    const why = [];
    for (const line of review.lines) {
      if (line.ok === null) continue;
      const missed = line.right === "✓" && !line.given;
      const right = !line.ok && line.right && !missed ? `${words["right-answer"]}: ${line.right}.` : "";
      if (isOne && !missed) {
        // What belongs to the whole answer is told once, in the verdict, which is read out.
        why.push(...(line.feedback ? prose(line.feedback) : []), ...(right ? [h("p", {}, right)] : []));
        continue;
      }
      const verdictOfPart = missed ? words[isOne ? "right-answer" : "missed"] : line.ok ? `✓ ${words.right}` : `✗ ${words.wrong}`;
      slots[line.part].replaceChildren(h("strong", {}, `${verdictOfPart}.`), " ", right, right ? " " : "", ...inline(line.feedback));
      slots[line.part].dataset.ok = missed ? (isOne ? "true" : "missed") : line.ok;
      slots[line.part].hidden = false;
    }
    const mark = { right: "✓", partly: "◐", wrong: "✗" }[review.score.state];
    verdict.append(h("strong", {}, `${mark} ${words[review.score.state]}.`), " ", ...why, ...(review.feedback ? prose(review.feedback) : []));
  }

  return {
    element,
    update(state, unsaved) {
      control.show(key in unsaved ? unsaved[key] : state.answers[key]);
      const trouble = state.problems[key];
      problem.textContent = trouble ? words[trouble] : "";
      showReview(state.reviews[key]);
    },
  };
}

export default {
  render(context) {
    return activity(context, (body, saver, fields, shown, words) => {
      const questions = Object.entries(shown.questions).map(([key, question], i) => questionView(i + 1, key, question, saver, fields, shown, words));
      const progress = h("p", { class: "ccjobs-progress" });
      body.append(...(shown.intro ? prose(shown.intro) : []), progress, ...questions.map((question) => question.element));
      return (state, unsaved) => {
        for (const question of questions) question.update(state, unsaved);
        progress.textContent = fill(words.progress, { done: questions.length - state.missing.length, all: questions.length });
      };
    });
  },
};
