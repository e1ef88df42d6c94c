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
    if (starts(">")) return h("blockquote", {}, broken(lines.map((line) => line.replace(/^>\s?/, ""))));
    return h("p", {}, broken(lines));
  });
}

let made = 0;
/** An id that no other element of the page has. */
function unique(name) {
  made += 1;
  return `ccjobs-${name}-${made}-${Math.random().toString(36).slice(2, 8)}`;
}

/** Sends answers to Python, keeps them in this browser until Python has them on disk, and says where they are. */
class Saver {
  constructor(model, shown, words) {
    this.model = model;
    this.words = words;
    this.client = unique("client");
    this.sequence = 0;
    this.waiting = new Map();
    this.shelf = shown.place ? `ccjobs:${shown.place}:${shown.id}` : "";
    this.message = h("span", { class: "ccjobs-message" });
    this.retry = h("button", { type: "button", class: "ccjobs-button", hidden: true, onclick: () => this.sendAll() }, words["try-again"]);
    this.element = h("div", { class: "ccjobs-status", role: "status", "data-status": "idle" }, this.message, this.retry);
  }

  /** Save one answer. */
  answer(item, value) {
    this.waiting.set(item, { value, time: Date.now() });
    this.keep();
    this.send(item);
  }

  /** Ask Python for something else than saving. */
  ask(what, item) {
    this.post({ do: what, item, client: this.client, sequence: ++this.sequence });
  }

  send(item) {
    const entry = this.waiting.get(item);
    entry.sequence = ++this.sequence;
    entry.failed = false;
    this.tell("saving", this.words.saving);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell("failed", `${this.words.failed} ${this.words["no-reply"]}`), REPLY_MS);
    this.post({ do: "answer", item, value: entry.value, client: this.client, sequence: entry.sequence });
  }

  sendAll() {
    for (const item of this.waiting.keys()) this.send(item);
  }

  post(content) {
    try {
      this.model.send(content);
    } catch {
      this.tell("failed", `${this.words.failed} ${this.words["no-reply"]}`);
    }
  }

  /** Take in what Python says about what it was sent. */
  hear(state) {
    const acknowledged = state.acknowledged[this.client] ?? {};
    const before = this.waiting.size;
    for (const [item, entry] of this.waiting) if (entry.sequence <= (acknowledged[item] ?? 0)) this.waiting.delete(item);
    this.keep();
    const failed = state.failed;
    if (failed && (failed.client === this.client || failed.client === "")) {
      clearTimeout(this.timer);
      for (const entry of this.waiting.values()) if (entry.sequence === failed.sequence) entry.failed = true;
      this.tell("failed", `${this.words.failed} ${failed.reason}`);
    } else if (this.waiting.size > 0 && this.waiting.size < before) {
      // Saving works again: what failed before is tried once more.
      for (const [item, entry] of this.waiting) if (entry.failed) this.send(item);
    } else if (this.waiting.size === 0) {
      clearTimeout(this.timer);
      if (state.saved) {
        const time = new Date(state.saved).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        this.tell("saved", fill(this.words.saved, { time }));
      } else {
        this.tell("idle", "");
      }
    }
  }

  /** Send again what an earlier page could not save, unless something newer has been saved since. */
  recover(times) {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(this.shelf) ?? "{}");
    } catch {
      kept = {};
    }
    const newer = Object.entries(kept).filter(([item, entry]) => entry.time > Date.parse(times[item] ?? 0));
    for (const [item, entry] of newer) this.waiting.set(item, entry);
    this.sendAll();
    return Object.fromEntries(newer.map(([item, entry]) => [item, entry.value]));
  }

  keep() {
    if (!this.shelf) return;
    try {
      if (this.waiting.size === 0) localStorage.removeItem(this.shelf);
      else localStorage.setItem(this.shelf, JSON.stringify(Object.fromEntries(this.waiting)));
    } catch {
      // A browser that keeps nothing still has the answer on the page, and the status tells that it is not saved.
    }
  }

  tell(status, text) {
    this.element.dataset.status = status;
    this.element.setAttribute("role", status === "failed" ? "alert" : "status");
    if (this.message.textContent !== text) this.message.textContent = text;
    this.retry.hidden = status !== "failed";
  }
}

/** Call `save(value)` when typing pauses, the field is left or the page goes away. */
function whenTyped(field, save) {
  let timer = null;
  const now = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    save(field.value);
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, TYPING_MS);
  });
  field.addEventListener("blur", now);
  field.addEventListener("change", now);
  addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", () => document.hidden && now());
  field.isPending = () => timer !== null;
}

/** Show `value` in a field, unless a person is in the middle of typing there. */
function showTyped(field, value) {
  if (!field.isPending() && field.value !== value) field.value = value;
}

/** An activity's frame; `fillIn(body, saver)` builds its inside and returns update(state). */
function activity({ model, el }, fillIn) {
  const shown = model.get("shown");
  const words = model.get("words");
  const saver = new Saver(model, shown, words);
  const heading = unique("title");
  const preview = shown.place ? null : h("p", { class: "ccjobs-notice" }, words.preview);
  const notice = h("p", { class: "ccjobs-notice", role: "alert", hidden: true });
  const body = h("div", { class: "ccjobs-body" });
  const worth = shown.points === 1 ? words.point : fill(words.points, { n: String(shown.points).replace(".", shown.language === "nb" ? "," : ".") });
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
      h("p", { class: "ccjobs-kind" }, shown.graded ? `${worth} · ${shown.bonus ? words.bonus : words.graded}` : words.practice)),
    preview,
    notice,
    body,
    saver.element,
  );
  // Keys typed here are answers, never JupyterLab's commands.
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
  const update = fillIn(body, saver, shown, words);
  const refresh = () => {
    const state = model.get("state");
    notice.hidden = !state.notice;
    notice.textContent = state.notice;
    saver.hear(state);
    update(state, Object.fromEntries([...saver.waiting].map(([item, entry]) => [item, entry.value])));
  };
  el.append(root);
  saver.recover(model.get("state").times ?? {});
  refresh();
  model.on("change:state", refresh);
  return () => model.off("change:state", refresh);
}
