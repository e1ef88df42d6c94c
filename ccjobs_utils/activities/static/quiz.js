// The view of a quiz: each question type as plain form controls.

/** Controls of one question: { element, show(value) }, calling save(value) at each change. */
const controls = {
  choice(question, key, save, words) {
    const name = unique(key);
    const inputs = Object.entries(question.options).map(([id, option]) => [
      id, option, h("input", { type: "radio", name, value: id, onchange: () => save(id) }),
    ]);
    const clear = h("button", { type: "button", class: "ccjobs-link", onclick: () => { save(null); inputs[0][2].focus(); } }, words.clear);
    return {
      element: [inputs.map(([id, option, input]) => optionLine(id, option, input)), clear],
      show(value) {
        for (const [id, , input] of inputs) input.checked = id === value;
        clear.hidden = value == null;
      },
    };
  },

  choices(question, _key, save) {
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

  order(question, _key, save, words) {
    const ids = Object.keys(question.items);
    let order = ids;
    const said = h("p", { class: "ccjobs-quiet", "aria-live": "polite" });
    const open = h("p", { class: "ccjobs-hint" }, words["order-open"]);
    const confirm = h("button", { type: "button", class: "ccjobs-button ccjobs-confirm", onclick: () => save(order) }, words.confirm);
    const list = h("ol", { class: "ccjobs-order" });
    const rows = Object.fromEntries(ids.map((id) => {
      const what = question.items[id].text;
      const up = h("button", { type: "button", class: "ccjobs-up", "aria-label": fill(words.up, { what }), onclick: () => move(id, -1) }, "▲");
      const down = h("button", { type: "button", class: "ccjobs-down", "aria-label": fill(words.down, { what }), onclick: () => move(id, 1) }, "▼");
      return [id, { up, down, line: h("li", { "data-item": id }, h("div", {}, h("span", {}, inline(what)), up, down), feedbackSlot(id)) }];
    }));
    function place() {
      for (const id of order) list.append(rows[id].line);
      rows[order[0]] && order.forEach((id, i) => {
        rows[id].up.disabled = i === 0;
        rows[id].down.disabled = i === order.length - 1;
      });
    }
    function move(id, by) {
      const from = order.indexOf(id);
      const changed = [...order];
      changed.splice(from, 1);
      changed.splice(from + by, 0, id);
      order = changed;
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
      show(value) {
        open.hidden = confirm.hidden = value != null;
        const wanted = value ?? ids;
        if (wanted.join() !== order.join()) {
          order = wanted;
          place();
        }
      },
    };
  },

  match(question, _key, save, words) {
    const selects = Object.keys(question.rows).map((row) => [row, select(question.choices, words, { "data-row": row })]);
    const all = () => Object.fromEntries(selects.filter(([, s]) => s.value).map(([row, s]) => [row, s.value]));
    for (const [, s] of selects) s.addEventListener("change", () => save(all()));
    return {
      element: h("div", { class: "ccjobs-match" }, selects.map(([row, s]) =>
        h("div", { class: "ccjobs-pair" }, h("label", {}, h("span", {}, inline(question.rows[row].text)), s), feedbackSlot(row)))),
      show(value) {
        for (const [row, s] of selects) s.value = value?.[row] ?? "";
      },
    };
  },

  grid(question, key, save, words) {
    const columns = Object.entries(question.columns).map(([id, column]) => [id, column, unique(`${key}-${id}`)]);
    const cells = [];
    const body = Object.entries(question.rows).map(([row, { text }]) => {
      const rowId = unique(`${key}-${row}`);
      return h("tr", {}, h("th", { scope: "row", id: rowId }, inline(text), feedbackSlot(row)), columns.map(([id, column, columnId]) => {
        const s = select(column.choices, words, { "data-row": row, "data-column": id, "aria-labelledby": `${rowId} ${columnId}` });
        s.addEventListener("change", () => save(all()));
        cells.push([row, id, s]);
        return h("td", { "data-title": column.title }, s);
      }));
    });
    function all() {
      const value = {};
      for (const [row, column, s] of cells) if (s.value) (value[row] ??= {})[column] = s.value;
      return value;
    }
    return {
      element: h("table", { class: "ccjobs-grid" },
        h("thead", {}, h("tr", {}, h("td"), columns.map(([, column, id]) => h("th", { scope: "col", id }, column.title)))),
        h("tbody", {}, body)),
      show(value) {
        for (const [row, column, s] of cells) s.value = value?.[row]?.[column] ?? "";
      },
    };
  },

  number(question, _key, save, words) {
    return typed(question, save, words, { inputmode: "decimal" });
  },

  text(question, _key, save, words) {
    return typed(question, save, words, {});
  },
};

function typed(question, save, words, attributes) {
  const input = h("input", { type: "text", class: "ccjobs-typed", autocomplete: "off", maxlength: 500, ...attributes });
  whenTyped(input, save);
  return {
    element: h("div", {}, h("label", { class: "ccjobs-field" }, h("span", {}, words["your-answer"]), input, question.unit ?? ""), feedbackSlot("typed")),
    show: (value) => showTyped(input, value == null ? "" : String(value)),
    now: () => save(input.value),
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

function questionView(number, key, question, saver, shown, words) {
  const save = (value) => saver.answer(key, value);
  const control = controls[question.type](question, key, save, words);
  const practice = !shown.graded;
  const check = practice && question.type !== "choice"
    ? h("button", { type: "button", class: "ccjobs-button ccjobs-check", onclick: () => { control.now?.(); saver.ask("check", key); } }, words.check) : null;
  const reveal = practice ? h("button", { type: "button", class: "ccjobs-link ccjobs-reveal", hidden: true, onclick: () => saver.ask("reveal", key) }, words.reveal) : null;
  const again = practice ? h("button", { type: "button", class: "ccjobs-link ccjobs-again", hidden: true, onclick: () => { saver.ask("again", key); save(null); } }, words.again) : null;
  const verdict = h("div", { class: "ccjobs-verdict", "aria-live": "polite" });
  const problem = h("p", { class: "ccjobs-problem", hidden: true });
  const worth = question.points ?? 1;
  const points = shown.graded ? h("span", { class: "ccjobs-worth" }, worth === 1 ? words.point : fill(words.points, { n: String(worth) })) : null;
  const element = h(
    "fieldset",
    { "data-question": key },
    h("legend", {}, h("span", { class: "ccjobs-number" }, `${number}.`), " ", inline(question.text.split(/\n\s*\n/)[0]), " ", points),
    prose(question.text).slice(1),
    question.case ? h("div", { class: "ccjobs-case" }, prose(question.case)) : null,
    control.element,
    problem,
    practice ? h("div", { class: "ccjobs-actions" }, check, reveal, again) : null,
    verdict,
  );
  const slots = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((slot) => [slot.dataset.part, slot]));

  function showReview(review) {
    for (const slot of Object.values(slots)) {
      slot.hidden = true;
      slot.replaceChildren();
    }
    verdict.replaceChildren();
    delete element.dataset.verdict;
    if (!practice) return;
    reveal.hidden = !review || review.revealed || review.score.state === "right";
    again.hidden = !review;
    if (!review) return;
    element.dataset.verdict = review.score.state;
    for (const line of review.lines) {
      const slot = slots[line.part];
      if (!slot || line.ok === null) continue;
      const sign = line.ok ? `✓ ${words.ok}` : `✗ ${words["not-ok"]}`;
      const right = !line.ok && line.right && line.right !== "✓" ? ` ${words["right-answer"]}: ${line.right}.` : "";
      const tick = review.revealed && line.right === "✓" && !line.given ? `${words["right-answer"]}. ` : "";
      slot.replaceChildren(h("strong", {}, tick ? "" : `${sign}. `), tick ? h("strong", {}, tick) : "", right, " ", ...inline(line.feedback));
      slot.dataset.ok = line.ok;
      slot.hidden = false;
    }
    const mark = { right: "✓", partly: "◐", wrong: "✗" }[review.score.state];
    verdict.append(h("strong", {}, `${mark} ${words[review.score.state]}. `), ...(review.feedback ? prose(review.feedback) : []));
  }

  return {
    element,
    update(state, unsaved) {
      control.show(key in unsaved ? unsaved[key] : state.answers[key]);
      const trouble = state.unreadable[key];
      problem.hidden = !trouble;
      problem.textContent = trouble ? words[trouble] : "";
      showReview(state.reviews[key]);
    },
  };
}

export default {
  render(context) {
    return activity(context, (body, saver, shown, words) => {
      const questions = Object.entries(shown.questions).map(([key, question], i) => questionView(i + 1, key, question, saver, shown, words));
      const progress = h("p", { class: "ccjobs-progress" });
      body.append(...(shown.intro ? prose(shown.intro) : []), progress, ...questions.map((q) => q.element));
      return (state, unsaved) => {
        for (const question of questions) question.update(state, unsaved);
        progress.textContent = fill(words.progress, { done: questions.length - state.missing.length, all: questions.length });
      };
    });
  },
};
