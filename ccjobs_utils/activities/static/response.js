// The view of a written answer: the task, what is looked for, and room to write.

export default {
  render(context) {
    return activity(context, (body, saver, fields, shown, words) => {
      const id = unique("written");
      const least = shown.min_words ?? 20;
      const count = h("p", { class: "ccjobs-hint", id: `${id}-count` });
      const problem = h("p", { class: "ccjobs-problem", role: "status" });
      const field = h("textarea", { id, class: "ccjobs-written", rows: 8, maxlength: 20000, "aria-describedby": count.id });
      const grow = () => {
        field.style.height = "auto";
        field.style.height = `${field.scrollHeight + 4}px`;
      };
      fields.watch(field, (value) => saver.answer("text", value));
      field.addEventListener("input", grow);
      const model = h("div", { class: "ccjobs-model", "aria-live": "polite", tabindex: "-1" });
      const needs = h("p", { class: "ccjobs-hint" }, fill(words["model-needs"], { least }));
      const show = h("button", { type: "button", class: "ccjobs-button ccjobs-reveal", onclick: () => saver.ask("reveal") }, words["show-model"]);
      body.append(
        h("div", { class: "ccjobs-case" }, prose(shown.text)),
        h("h4", {}, words["looking-for"]),
        h("ul", {}, Object.values(shown.rubric).map((criterion) => h("li", {}, inline(criterion.title)))),
        h("label", { for: id }, words["your-answer"]),
        field,
        count,
        problem,
        ...(shown.graded ? [] : [needs, show, model]),
      );
      return (state, unsaved) => {
        fields.show(field, unsaved.text ?? state.answers.text);
        count.textContent = fill(words.words, { n: state.words, least });
        problem.textContent = state.problems.text ? words[state.problems.text] : "";
        needs.hidden = state.words >= least;
        model.replaceChildren();
        if (state.model) {
          model.append(h("h4", {}, words.model), ...prose(state.model),
            h("ul", {}, state.best.map((best) => h("li", {}, h("strong", {}, `${best.title}: `), inline(best.level)))));
        }
        hide(show, state.words < least || "model" in state, model);
        if (field.isConnected) grow();
      };
    });
  },
};
