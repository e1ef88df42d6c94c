// The view of a written answer: the task, what is looked for, and room to write.

export default {
  render(context) {
    return activity(context, (body, saver, shown, words) => {
      const id = unique("written");
      const count = h("p", { class: "ccjobs-hint", id: `${id}-count` });
      const field = h("textarea", { id, class: "ccjobs-written", rows: 8, maxlength: 20000, "aria-describedby": `${id}-count` });
      const grow = () => {
        field.style.height = "auto";
        field.style.height = `${field.scrollHeight + 4}px`;
      };
      whenTyped(field, (value) => saver.answer("text", value));
      field.addEventListener("input", grow);
      const model = h("div", { class: "ccjobs-model", "aria-live": "polite" });
      const least = shown.min_words ?? 20;
      const needs = h("p", { class: "ccjobs-hint" }, fill(words["model-needs"], { least }));
      const show = h("button", { type: "button", class: "ccjobs-button ccjobs-reveal", onclick: () => saver.ask("reveal") }, words["show-model"]);
      body.append(
        h("div", { class: "ccjobs-case" }, prose(shown.text)),
        h("h4", {}, words["looking-for"]),
        h("ul", {}, Object.values(shown.rubric).map((criterion) => h("li", {}, inline(criterion.title)))),
        h("label", { for: id }, words["your-answer"]),
        field,
        count,
        ...(shown.graded ? [] : [needs, show, model]),
      );
      return (state, unsaved) => {
        showTyped(field, unsaved.text ?? state.answers.text ?? "");
        count.textContent = fill(words.words, { n: state.words, least });
        needs.hidden = state.words >= least;
        show.hidden = state.words < least || "model" in state;
        model.replaceChildren();
        if (state.model) {
          model.append(h("h4", {}, words.model), ...prose(state.model),
            h("ul", {}, state.best.map((one) => h("li", {}, h("strong", {}, `${one.title}: `), inline(one.level)))));
        }
        if (field.isConnected) grow();
      };
    });
  },
};
