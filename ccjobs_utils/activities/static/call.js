// The view of a simulated call: the conversation, the customer card, what can be said next, the note and the debrief.

/** A drawn face in the caller's mood, 0 (has hung up) to 5. */
function face(mood) {
  const bend = (Math.max(mood, 1) - 3) * 2;
  const drawn = h("span", { class: "ccjobs-face", "aria-hidden": "true" });
  drawn.innerHTML = `<svg viewBox="0 0 24 24" width="24" height="24"><circle cx="12" cy="12" r="10.5"/>
    <path d="M8.5 8.6v1.6M15.5 8.6v1.6M7.5 ${15.5 - bend * 0.4}Q12 ${15.5 + bend} 16.5 ${15.5 - bend * 0.4}"/></svg>`;
  return drawn;
}

/** The caller's lines, aloud: the browser's own voices, and only when the trainee has asked for them. */
class Voice {
  constructor(language, words, signal) {
    this.language = language;
    this.synthesis = globalThis.speechSynthesis;
    // Some browsers fetch their voices when they are first asked for.
    this.synthesis?.getVoices();
    this.box = h("input", { type: "checkbox", onchange: () => this.toggle() });
    this.problem = h("span", { class: "ccjobs-hint", role: "status" });
    this.words = words;
    this.element = h("p", { class: "ccjobs-voice" }, h("label", {}, this.box, ` ${words["hear-caller"]}`), " ", this.problem);
    signal.addEventListener("abort", () => this.synthesis?.cancel());
  }

  find() {
    const wanted = this.language === "nb" ? ["nb", "no"] : ["en"];
    return this.synthesis?.getVoices().find((voice) => wanted.some((name) => voice.lang.toLowerCase().startsWith(name)));
  }

  toggle() {
    this.problem.textContent = "";
    if (this.box.checked && !this.find()) {
      this.box.checked = false;
      this.problem.textContent = this.words["no-voice"];
    }
    if (this.box.checked) this.say(this.last);
    else this.synthesis?.cancel();
  }

  /** Say a line if it is asked for, instead of what is being said. */
  say(text) {
    this.last = text;
    if (!this.box.checked || !text) return;
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.voice = this.find();
    spoken.lang = this.language === "nb" ? "nb-NO" : "en-GB";
    this.synthesis.cancel();
    this.synthesis.speak(spoken);
  }
}

/** The conversation so far: new lines are added and read out, lines taken back are removed. */
class Conversation {
  constructor(shown, words, voice) {
    this.words = words;
    this.voice = voice;
    this.lines = [];
    this.element = h("div", { class: "ccjobs-chat", role: "log", tabindex: "0", "aria-label": fill(words["call-with"], { who: shown.caller }) },
      h("p", { class: "ccjobs-event" }, shown.outbound ? words["you-ring"] : words.rings));
  }

  show(lines) {
    let same = 0;
    while (same < this.lines.length && JSON.stringify(this.lines[same]) === JSON.stringify(lines[same])) same += 1;
    for (const gone of [...this.element.children].slice(same + 1)) gone.remove();
    const added = lines.slice(same);
    const isFirst = !this.element.isConnected;
    this.element.append(...added.map((line) => this.line(line)));
    this.lines = lines;
    const isCaller = (line) => line.by === "caller";
    const before = lines.findLastIndex((line, i) => !isCaller(line) && isCaller(lines[i + 1] ?? line));
    const heard = lines.slice(before + 1).filter(isCaller).map((line) => line.text).join(" ");
    if (!isFirst && added.some(isCaller)) this.voice.say(heard);
    else this.voice.last = heard;
    if (added.length || isFirst) this.toEnd();
  }

  line({ by, text }) {
    if (by === "ending") return h("p", { class: "ccjobs-event ccjobs-ending" }, h("strong", {}, this.words["what-came"]), " ", text);
    if (by === "action") return h("p", { class: "ccjobs-event ccjobs-action" }, h("span", { class: "ccjobs-who" }, `${this.words.you}: `), text);
    return h("p", { class: `ccjobs-bubble ccjobs-${by}` }, h("span", { class: "ccjobs-who" }, `${this.words[by === "agent" ? "you" : "caller"]}: `), text);
  }

  toEnd() {
    requestAnimationFrame(() => { this.element.scrollTop = this.element.scrollHeight; });
  }
}

/** The review after a practice call. */
function debriefView(judged, shown, words) {
  const percent = (share) => share.toLocaleString(shown.language, { style: "percent", maximumFractionDigits: 0 });
  const table = (headings, rows) => h("table", {},
    h("thead", {}, h("tr", {}, headings.map((heading) => h("th", { scope: "col" }, heading)))),
    h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell))))));
  const sign = (change) => (change > 0 ? `+${change}` : `${change}`.replace("-", "−"));
  return [
    h("h4", { class: "ccjobs-total" }, `${words.debrief}: ${percent(judged.total)}`),
    judged.fatal.map((error) => h("p", { class: "ccjobs-fatal" }, h("strong", {}, `${words.fatal}: `), error)),
    h("div", { class: "ccjobs-tables" },
      table([words.criterion, words.weight, words["you-got"]], judged.form.map((row) => [row.title, percent(row.weight / 100), percent(row.share)])),
      table([words.metric, words.yours, words.best], judged.metrics.map((row) => [row.title, row.yours, row.best]))),
    h("p", {}, fill(words["compliance-alone"], { share: percent(judged.compliance) }), " ", judged.tension),
    h("h4", {}, words["line-by-line"]),
    h("p", { class: "ccjobs-soft" }, fill(words["lines-good"], { n: judged.turns.filter((turn) => turn.ok).length, all: judged.turns.length })),
    h("ol", { class: "ccjobs-debrief" }, judged.turns.map((turn) => h("li", { "data-ok": String(turn.ok) },
      turn.caller ? h("p", { class: "ccjobs-soft" }, h("span", { class: "ccjobs-who-shown" }, `${words.caller}: `), turn.caller) : null,
      h("p", {}, h("span", { class: "ccjobs-who-shown" }, `${words.you}: `), turn.is_action ? h("em", {}, turn.said) : turn.said),
      h("p", {}, h("strong", {}, turn.ok ? `✓ ${words["good-line"]}` : `✗ ${words["could-be-better"]}`),
        [turn.change ? `${words.mood} ${sign(turn.change)}` : "", ...turn.earned].filter(Boolean).map((got) => h("span", { class: "ccjobs-got" }, got))),
      turn.fatal ? h("p", { class: "ccjobs-fatal" }, h("strong", {}, `${words.fatal}: `), turn.fatal) : null,
      turn.broken.map((rule) => h("p", { class: "ccjobs-fatal" }, rule)),
      h("p", {}, turn.why),
      turn.better ? h("p", { class: "ccjobs-better" }, h("strong", {}, `${words.better}: `), turn.better) : null,
      turn.better ? h("p", { class: "ccjobs-soft" }, turn.better_why) : null))),
    h("h4", {}, words["the-note"]),
    h("ul", { class: "ccjobs-noted" }, judged.notes.map((line) => h("li", { "data-ok": String(line.written === line.needed) },
      h("p", {}, h("strong", {}, line.written === line.needed ? "✓ " : "✗ "), line.text),
      h("p", { class: "ccjobs-soft" }, `${words[line.needed ? "belongs" : "belongs-not"]}. ${line.why}`)))),
  ];
}

export default {
  render(context) {
    return activity(context, (body, saver, fields, shown, words) => {
      let path = [];
      let busy = false;
      let moveFocus = false;
      const voice = new Voice(shown.language, words, fields.end.signal);
      const conversation = new Conversation(shown, words, voice);
      const mood = h("span", { class: "ccjobs-mood" });
      const time = h("span", { class: "ccjobs-clock" });
      const problem = h("p", { class: "ccjobs-problem", role: "status" });
      const ask = unique("ask");
      const replies = h("div", { class: "ccjobs-replies", role: "group", tabindex: "-1", "aria-labelledby": ask });
      const link = (text, onclick) => h("button", { type: "button", class: "ccjobs-link", hidden: true, onclick }, text);
      const undo = link(words.undo, () => goBack(path.slice(0, -1)));
      const restart = link(words["start-over"], () => goBack([]));
      const boxes = Object.entries(shown.notes).map(([id, text]) => [id, h("input", { type: "checkbox", value: id, onchange: tick }), text]);
      const review = h("button", { type: "button", class: "ccjobs-button ccjobs-review", onclick: () => { moveFocus = true; saver.ask("debrief"); } }, words["go-through"]);
      const note = h("fieldset", { class: "ccjobs-note", hidden: true, tabindex: "-1" },
        h("legend", {}, words["after-call"]),
        h("p", {}, words["note-ask"]),
        boxes.map(([, box, text]) => h("div", { class: "ccjobs-option" }, h("label", {}, box, h("span", {}, text)))),
        shown.graded ? h("p", { class: "ccjobs-hint" }, words["call-done"]) : h("div", { class: "ccjobs-actions" }, review));
      const judged = h("div", { class: "ccjobs-judged", tabindex: "-1" });
      body.append(
        ...prose(shown.intro),
        h("div", { class: "ccjobs-call" },
          h("div", { class: "ccjobs-talk" },
            h("p", { class: "ccjobs-meter" }, mood, time),
            conversation.element,
            h("h4", { id: ask }, words["your-turn"]),
            replies,
            problem,
            h("div", { class: "ccjobs-actions" }, undo, restart)),
          h("div", { class: "ccjobs-desk" },
            h("h4", {}, words.card),
            h("dl", { class: "ccjobs-card" }, shown.card.map((row) => h("div", {}, h("dt", {}, row.title), h("dd", {}, inline(row.text))))),
            h("details", {}, h("summary", {}, words.policy), prose(shown.policy)),
            voice.element)),
        note,
        judged,
      );

      function say(id) {
        if (busy) return;
        setBusy(true);
        moveFocus = true;
        saver.answer("path", [...path, id]);
      }

      function goBack(shorter) {
        moveFocus = true;
        saver.ask("again");
        saver.answer("note", null);
        saver.answer("path", shorter);
      }

      function tick() {
        saver.answer("note", boxes.filter(([, box]) => box.checked).map(([id]) => id));
      }

      function setBusy(now) {
        busy = now;
        replies.setAttribute("aria-busy", now);
      }

      let told = "";
      let toldOf = "null";
      return (state, unsaved) => {
        path = state.answers.path;
        setBusy("path" in unsaved && JSON.stringify(unsaved.path) !== JSON.stringify(path));
        conversation.show(state.lines);
        mood.replaceChildren(face(state.mood), h("span", {}, fill(words["mood-is"], { mood: words[`mood-${state.mood}`] })));
        mood.dataset.mood = state.mood;
        time.textContent = fill(words.clock, { time: state.clock });
        problem.textContent = state.problems.path ? words["call-unreadable"] : "";
        for (const [id, box] of boxes) box.checked = (unsaved.note ?? state.answers.note).includes(id);
        note.hidden = !state.over;
        hide(undo, shown.graded || !path.length, replies);
        hide(restart, shown.graded || !path.length, replies);
        let next = null;
        if (told !== (told = JSON.stringify([path, state.offered]))) {
          replies.replaceChildren(...state.offered.map((reply) => h("button", { type: "button", class: `ccjobs-reply${reply.action ? " ccjobs-does" : ""}`, "data-reply": reply.id, onclick: () => say(reply.id) },
            reply.action ? h("span", { class: "ccjobs-does-mark" }, `${words.action}: `) : null, reply.text)));
          replies.previousElementSibling.hidden = state.over;
          replies.hidden = state.over;
          next = state.over ? note : replies;
        }
        if (toldOf !== (toldOf = JSON.stringify(state.debrief ?? null))) {
          judged.replaceChildren(...(state.debrief ? debriefView(state.debrief, shown, words).flat() : []));
          if (state.debrief) next ??= judged;
        }
        if (moveFocus && next) {
          moveFocus = false;
          next.focus();
        }
      };
    });
  },
};
