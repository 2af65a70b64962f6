// When a session has ended under a form, what was typed comes back after signing in again (this tab only, never passwords or codes).
(() => {
  const KEY = "draft";
  const FRESH = 15 * 60 * 1000;
  const kept = (el) => el.name && !["password", "hidden", "file", "submit", "button"].includes(el.type) && el.name !== "code";
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; } };
  const ticked = (el) => /checkbox|radio/.test(el.type);
  const fields = (form) => [...form.elements].filter(kept);
  const mark = (form) => form.id || form.getAttribute("action") || form.getAttribute("hx-post") || "";

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.querySelector("[type=password]")) return;
    const values = fields(form).map((el) => ticked(el) ? [el.name, el.value, el.checked] : [el.name, "", el.value]);
    if (values.length) sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, form: mark(form), at: Date.now(), values }));
  }, true);

  const restore = (draft) => {
    const form = [...document.forms].find((one) => mark(one) === draft.form && fields(one).length);
    if (!form) return;
    for (const [name, value, content] of draft.values) {
      const el = fields(form).find((one) => one.name === name && (!value || one.value === value));
      if (!el) continue;
      if (ticked(el)) el.checked = content; else el.value = content;
    }
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: "What you had typed is back. Look it over and send it again.", tone: "info" } }));
  };

  const draft = read();
  if (!draft) return;
  const next = new URLSearchParams(location.search).get("next");
  const signingIn = location.pathname.startsWith("/accounts/");
  const comingBack = next && next.split("?")[0] === draft.path;
  if (comingBack || (signingIn && draft.interrupted)) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, interrupted: true }));
    return;
  }
  sessionStorage.removeItem(KEY);
  if (draft.interrupted && draft.path === location.pathname && Date.now() - draft.at < FRESH) restore(draft);
})();
