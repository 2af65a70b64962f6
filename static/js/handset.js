// Phones in the page: live screens, keys, calls and texts without reloading. Without this script every form works by itself.
const tones = window.handsetTones;
const sets = [];
const wants = (name) => (localStorage.getItem(`handset-${name}`) ?? (name === "sound" ? "on" : "off")) === "on";
const hush = () => window.speechSynthesis?.cancel();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Turns what is shown into what came, and leaves alone what is the same: focus, scrolling, open parts,
// and screen readers, which hear only what is new.
const keyOf = (node) => node.id || node.dataset?.caption || node.dataset?.bubble || node.dataset?.call || "";
const same = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
const real = (node) => node.nodeType === 1 || (node.nodeType === 3 && !/^\s*\n\s*$/.test(node.data));
const dropUntil = (here, end) => {
  while (here !== end) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
  return here;
};
const morph = (from, to) => {
  for (const node of [...from.childNodes]) if (!real(node)) node.remove();
  let here = from.firstChild;
  for (const target of [...to.childNodes].filter(real)) {
    let match = here;
    while (match && !same(match, target)) match = keyOf(target) ? match.nextSibling : null;
    if (!match) {
      from.insertBefore(target, here);
      continue;
    }
    here = dropUntil(here, match);
    if (match.nodeType === 3) match.data = target.data;
    else patch(match, target);
    here = match.nextSibling;
  }
  dropUntil(here, null);
};
const patch = (from, to) => {
  if (from.isEqualNode(to)) return;
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  morph(from, to);
};

class Handset {
  constructor(root) {
    this.root = root;
    this.slot = root.querySelector("[data-screen]");
    this.error = root.querySelector("[data-error]");
    this.keysWaiting = "";
    this.tries = 0;
    this.heard = Math.max(0, ...Array.from(this.slot.querySelectorAll("[data-caption]"), (el) => Number(el.dataset.caption)));
    root.addEventListener("submit", (event) => this.submit(event));
    root.addEventListener("keydown", (event) => this.enter(event));
    root.addEventListener("pointerdown", () => (Handset.active = this));
    this.listen();
    this.shown();
  }

  get view() { return this.slot.firstElementChild; }
  get state() { return this.view?.dataset.state ?? "idle"; }

  // ---- Live: server-sent events, or a look every second while they fail ----
  listen() {
    this.source = new EventSource(`${this.root.dataset.liveUrl}?seen=${this.view.dataset.seen}`);
    const on = (name, act) => this.source.addEventListener(name, act);
    on("open", () => this.polls(false));
    on("changed", () => this.refresh());
    on("closed", () => location.reload());
    on("error", () => this.polls(true));
  }

  polls(on) {
    if (!on) this.timer = clearInterval(this.timer);
    else this.timer ??= setInterval(() => {
      this.refresh();
      if (this.source.readyState === EventSource.CLOSED && ++this.tries % 15 === 0) this.listen();
    }, 1000);
  }

  async refresh() {
    if (this.busy) return (this.again = true);
    this.busy = true;
    do {
      this.again = false;
      await this.look();
    } while (this.again);
    this.busy = false;
  }

  async look() {
    try {
      const answer = await fetch(`${this.root.dataset.screenUrl}?seen=${this.view.dataset.seen}`, { headers: { "X-Background": "1" } });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (answer.status !== 200) return;
      this.swap(await answer.text());
    } catch { /* offline: the next look tells */ }
  }

  swap(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    morph(this.slot, fresh.content);
    this.shown();
  }

  // ---- What a change means to ears ----
  shown() {
    if (this.state === "idle") hush();
    Handset.ring();
    this.hear();
    Handset.tick();
  }

  hear() {
    const fresh = [...this.slot.querySelectorAll("[data-caption]")].filter((el) => Number(el.dataset.caption) > this.heard).reverse();
    for (const el of fresh) {
      this.heard = Number(el.dataset.caption);
      if (el.dataset.kind !== "speak" || !wants("speech") || !window.speechSynthesis) continue;
      const speech = new SpeechSynthesisUtterance(el.textContent.trim());
      speech.lang = el.lang;
      speechSynthesis.speak(speech);
    }
    if (this.slot.querySelector(".caption--newest[data-stopped]")) hush();
  }

  // ---- Buttons, keys, fields ----
  submit(event) {
    const form = event.target;
    event.preventDefault();
    if (form.matches("[data-keys]")) return this.press(event.submitter?.value ?? "");
    const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    if (event.submitter?.matches("[data-sends]") && !form.elements.text.value.trim()) return form.elements.text.focus();
    const button = event.submitter ?? form.querySelector("button");
    button.disabled = true;
    this.send(action, new FormData(form)).then((done) => {
      button.disabled = false;
      if (done && button.matches("[data-sends]")) form.elements.text.value = "";
      if (form.matches("[data-says]")) {
        if (done) form.elements.words.value = "";
        form.elements.words.focus();
      }
    });
  }

  enter(event) {
    if (event.key !== "Enter" || !event.target.matches("input[name=text]")) return;
    event.preventDefault();
    this.root.querySelector("[data-sends]").click();
  }

  // Keys go one after the other; those pressed while one is on its way go together.
  async press(key) {
    const pad = this.root.querySelector("[data-keys]");
    const lit = pad.querySelector(`[value="${key}"]`).classList;
    const field = this.root.querySelector("input[name=to]");
    if (wants("sound")) tones.key(key);
    lit.add("is-pressed");
    setTimeout(() => lit.remove("is-pressed"), 140);
    if (this.state === "idle") field.value += key;
    if (this.state !== "up") return;
    this.keysWaiting += key;
    if (this.pressing) return;
    this.pressing = true;
    while (this.keysWaiting) {
      const body = new FormData(pad);
      body.set("digits", this.keysWaiting.slice(0, 32));
      this.keysWaiting = this.keysWaiting.slice(32);
      body.set("call_uuid", this.slot.querySelector("[data-call]")?.dataset.call ?? "");
      if (!(await this.send(pad.getAttribute("action"), body))) this.keysWaiting = "";
    }
    this.pressing = false;
  }

  // Sent again with the same id after a broken line: the phone counts it once.
  async send(url, body) {
    body.set("action_id", newId());
    this.error.textContent = "";
    for (const pause of [0, 400, 1500]) {
      await wait(pause);
      try {
        const answer = await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
        if (answer.redirected) location.reload(); // signed out meanwhile
        if (!answer.ok) await this.refused(answer);
        this.refresh();
        return answer.ok;
      } catch {
        if (!/(answer|reject|hangup|digits|say)\/$/.test(url)) break;
      }
    }
    this.error.textContent = "The console does not answer. Check your connection and try again.";
    return false;
  }

  async refused(answer) {
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    this.error.textContent = told.error ?? "That was refused. Reload the page and try again.";
    if (told.field) this.root.querySelector(`[name="${CSS.escape(told.field)}"]`)?.focus();
  }

  static ring() {
    tones.ring(wants("sound") && ["ringing", "calling"].find((state) => sets.some((set) => set.state === state)));
  }

  static tick() {
    for (const el of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.since)) / 1000));
      el.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  }
}

const mark = () => {
  for (const el of document.querySelectorAll("[data-switch]")) {
    el.hidden = false;
    el.setAttribute("aria-pressed", wants(el.dataset.switch));
  }
};

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-switch]");
  if (chosen) {
    const name = chosen.dataset.switch;
    localStorage.setItem(`handset-${name}`, wants(name) ? "off" : "on");
    if (!wants("speech")) hush();
    mark();
    return Handset.ring();
  }
  const number = event.target.closest("[data-dial]");
  const field = document.querySelector("input[name=to]");
  if (number && field) { field.value = number.dataset.dial; field.focus(); }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9*#]$/.test(event.key)) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const set = sets.find((one) => one.root.contains(event.target)) ?? Handset.active ?? sets.find((one) => one.state === "up") ?? sets[0];
  if (!set?.root.querySelector("[data-keys]")) return; // an analyst's phone has no keys
  event.preventDefault();
  set.press(event.key);
});

// Signed-out pages and the browser's back button must not show an old screen.
window.addEventListener("pageshow", (event) => { if (event.persisted) for (const set of sets) set.refresh(); });
for (const root of document.querySelectorAll("[data-handset]")) sets.push(new Handset(root));
setInterval(Handset.tick, 500);
mark();
