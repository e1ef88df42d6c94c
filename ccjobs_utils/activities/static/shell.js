// What every activity shares: building the page, saving with acknowledgement, and telling whether it is saved.

const REPLY_MS = 5000;
const TYPING_MS = 300;

/** An element with attributes, listeners (`onclick: …`) and children; a missing child is left out. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== ""));
  return element;
}

/** The text with its {names} replaced. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Bold and code inside a line, as nodes: text never becomes markup. */
function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter(Boolean).map((part) => {
    if (part.startsWith("**") && part.length > 4) return h("strong", {}, part.slice(2, -2));
    if (part.startsWith("`") && part.length > 2) return h("code", {}, part.slice(1, -1));
    return part;
  });
}

/** Paragraphs, quotes ("> ") and lists ("- "), as nodes. */
function prose(text) {
  return text.trim().split(/\n\s*\n/).map((block) => {
    const lines = block.split("\n").map((line) => line.trim());
    const starts = (mark) => lines.every((line) => line.startsWith(mark));
    const broken = (all) => all.flatMap((line, i) => (i ? [h("br"), ...inline(line)] : inline(line)));
    if (starts("- ")) return h("ul", {}, lines.map((line) => h("li", {}, inline(line.slice(2)))));
    if (starts(">")) return h("blockquote", {}, lines.map((line) => h("p", {}, inline(line.replace(/^>\s?/, "")))));
    return h("p", {}, broken(lines));
  });
}

/** An id that no other element of the page has. */
function unique(name) {
  return `ccjobs-${name}-${Math.random().toString(36).slice(2, 10)}`;
}

/** Hide or show an element; when it has the focus, the focus moves on to `heir` instead of getting lost. */
function hide(element, hidden, heir) {
  const focused = element === document.activeElement;
  element.hidden = hidden;
  if (hidden && focused) heir?.focus();
}

/** "1 poeng", "2,5 points". */
function pointsOf(n, words, language) {
  return n === 1 ? words.point : fill(words.points, { n: n.toLocaleString(language) });
}

/** Sends answers to Python, keeps them in this browser until Python has them on disk, and says where they are. */
class Saver {
  constructor(model, shown, words) {
    this.model = model;
    this.words = words;
    this.language = shown.language;
    this.client = unique("client");
    this.sequence = 0;
    // Python takes messages in their order, from this one on: what came before is given up.
    this.from = 1;
    this.heard = 0;
    this.times = {};
    this.waiting = new Map();
    this.timer = null;
    this.lost = false;
    // The address tells the people of one JupyterHub apart, whose folders may have the same name.
    const server = location.pathname.replace(/\/(lab|notebooks|doc)\b.*$/, "");
    this.shelf = shown.place ? `ccjobs:${server}:${shown.place}:${shown.id}:` : "";
    this.message = h("span", { class: "ccjobs-message" });
    this.retry = h("button", { type: "button", class: "ccjobs-button", hidden: true, onclick: () => this.tryAgain() }, words["try-again"]);
    this.element = h("div", { class: "ccjobs-status", role: "status", "data-status": "idle", tabindex: "-1" }, this.message, this.retry);
  }

  /** Save one answer. */
  answer(item, value) {
    const base = this.waiting.get(item)?.base ?? this.times[item] ?? "";
    const entry = { value, time: Date.now(), base };
    this.waiting.set(item, { ...entry, kept: this.keep(item, entry) });
    this.send(item);
  }

  /** Ask Python for something else than saving. */
  ask(what, item = "") {
    this.post({ do: what, item });
  }

  send(item) {
    const entry = this.waiting.get(item);
    entry.sequence = this.post({ do: "answer", item, value: entry.value });
  }

  tryAgain() {
    this.lost = false;
    this.from = this.sequence + 1;
    for (const item of this.waiting.keys()) this.send(item);
    this.ask("retry");
  }

  post(content) {
    this.sequence += 1;
    if (!this.lost) {
      this.tell("saving", this.words.saving);
      // The first message without a reply counts: one who goes on typing must learn of it too.
      this.timer ??= setTimeout(() => this.silent(), REPLY_MS);
    }
    try {
      this.model.send({ ...content, client: this.client, sequence: this.sequence, from: this.from });
    } catch {
      this.silent();
    }
    return this.sequence;
  }

  /** No reply came: say so until one comes. */
  silent() {
    clearTimeout(this.timer);
    this.timer = null;
    this.lost = true;
    this.tell("failed", this.waiting.size ? `${this.words.failed} ${this.words["no-reply-kept"]}` : this.words["no-reply"]);
  }

  /** Take in what Python says about what it was sent. */
  hear(state) {
    const heard = state.heard[this.client] ?? 0;
    const isNew = heard > this.heard;
    this.heard = heard;
    this.times = state.times;
    if (!state.failed) {
      for (const [item, entry] of this.waiting) {
        if (entry.sequence > heard) continue;
        this.waiting.delete(item);
        this.drop(item, entry.kept);
      }
    }
    const done = heard === this.sequence;
    if (done || isNew) {
      this.lost = false;
      clearTimeout(this.timer);
      this.timer = done ? null : setTimeout(() => this.silent(), REPLY_MS);
    }
    if (this.lost) return;
    if (state.failed) this.tell("failed", `${this.words.failed} ${state.failed}`);
    else if (done && state.saved) this.tell("saved", fill(this.words.saved, { time: this.clock(state.saved) }));
    else if (done) this.tell("idle", "");
  }

  clock(time) {
    const saved = new Date(time);
    const day = saved.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
    return saved.toLocaleString(this.language === "nb" ? "nb-NO" : "en-GB", { ...day, hour: "2-digit", minute: "2-digit" });
  }

  /** Send again what an earlier page could not save, unless something newer has been saved since. */
  recover(times) {
    this.times = times;
    for (const [item, kept] of this.shelved()) {
      try {
        const { value, time, base } = JSON.parse(kept);
        if (base === (times[item] ?? "") || time > Date.parse(times[item])) this.waiting.set(item, { value, time, base, kept });
        else this.drop(item, kept);
      } catch {
        this.drop(item, kept);
      }
    }
    for (const item of this.waiting.keys()) this.send(item);
  }

  shelved() {
    try {
      const names = this.shelf ? Object.keys(localStorage).filter((name) => name.startsWith(this.shelf)) : [];
      return names.map((name) => [name.slice(this.shelf.length), localStorage.getItem(name)]);
    } catch {
      return [];
    }
  }

  /** Put an answer on the browser's shelf; returns what lies there. */
  keep(item, entry) {
    const kept = JSON.stringify(entry);
    try {
      if (this.shelf) localStorage.setItem(this.shelf + item, kept);
    } catch {
      // A browser that keeps nothing still has the answer on the page, and the status tells that it is not saved.
    }
    return kept;
  }

  /** Take an answer off the shelf, unless another tab has put a newer one there. */
  drop(item, kept) {
    try {
      if (this.shelf && localStorage.getItem(this.shelf + item) === kept) localStorage.removeItem(this.shelf + item);
    } catch {
      // As above.
    }
  }

  tell(status, text) {
    this.element.dataset.status = status;
    this.element.setAttribute("role", status === "failed" ? "alert" : "status");
    if (this.message.textContent !== text) this.message.textContent = text;
    hide(this.retry, status !== "failed", this.element);
  }
}

/** Text fields: saved when typing pauses, the field is left or the page goes away, and never changed under the caret. */
class Fields {
  constructor() {
    this.pending = new Map();
    this.end = new AbortController();
    const { signal } = this.end;
    addEventListener("pagehide", () => this.flush(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal });
  }

  /** Call `save(value)` for what is typed into a field. */
  watch(field, save) {
    const now = () => {
      clearTimeout(this.pending.get(field)?.timer);
      if (this.pending.delete(field)) save(field.value);
    };
    field.addEventListener("input", () => {
      clearTimeout(this.pending.get(field)?.timer);
      field.wanted = undefined;
      this.pending.set(field, { now, timer: setTimeout(now, TYPING_MS) });
    });
    field.addEventListener("blur", () => {
      now();
      if (field.wanted !== undefined) this.show(field, field.wanted);
    });
  }

  /** Show what is saved, but not while a person is writing there. */
  show(field, value) {
    const busy = this.pending.has(field) || (field === document.activeElement && document.hasFocus() && field.value !== "");
    field.wanted = busy ? value : undefined;
    if (!busy && field.value !== value) field.value = value;
  }

  flush() {
    for (const { now } of [...this.pending.values()]) now();
  }

  close() {
    this.flush();
    this.end.abort();
  }
}

/** An activity's frame; `fillIn(body, saver, fields, shown, words)` builds its inside and returns update(state, unsaved). */
function activity({ model, el }, fillIn) {
  const shown = model.get("shown");
  const words = model.get("words");
  const saver = new Saver(model, shown, words);
  const fields = new Fields();
  const heading = unique("title");
  const notice = h("p", { class: "ccjobs-notice", role: "alert", hidden: true });
  const body = h("div", { class: "ccjobs-body" });
  const counts = shown.bonus ? words.bonus : words[`graded-${shown.kind}`];
  const root = h(
    "section",
    {
      class: `ccjobs-activity ccjobs-${shown.graded ? "graded" : "practice"}`,
      "data-activity": shown.id,
      "data-lm-suppress-shortcuts": "true",
      "aria-labelledby": heading,
      lang: shown.language,
    },
    h("header", {},
      h("h3", { id: heading }, shown.title),
      h("p", { class: "ccjobs-kind" }, shown.graded ? `${pointsOf(shown.points, words, shown.language)} · ${counts}` : words.practice)),
    shown.place ? null : h("p", { class: "ccjobs-notice" }, words.preview),
    notice,
    body,
    saver.element,
  );
  // Keys typed here are answers, never JupyterLab's commands.
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    // The browser would offer to save the web page.
    event.preventDefault();
    fields.flush();
  });
  const update = fillIn(body, saver, fields, shown, words);
  let newest = 0;
  const refresh = () => {
    const state = model.get("state");
    // When JupyterLab connects to a kernel, it hands over a state from before, also after newer ones have come.
    if (state.version < newest) {
      saver.ask("refresh");
      return;
    }
    newest = state.version;
    notice.hidden = !state.notice;
    if (notice.textContent !== state.notice) notice.textContent = state.notice;
    saver.hear(state);
    update(state, Object.fromEntries([...saver.waiting].map(([item, entry]) => [item, entry.value])));
  };
  el.append(root);
  saver.recover(model.get("state").times);
  refresh();
  model.on("change:state", refresh);
  return () => {
    fields.close();
    model.off("change:state", refresh);
  };
}
