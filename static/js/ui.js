// Dialogs, menus, copying, colours, busy forms, shortcuts.
(() => {
  const root = document.documentElement;
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]");

  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id === "palette") dialog.dispatchEvent(new CustomEvent("palette-shown"));
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return toast("Your browser did not let us copy. Select the text and copy it.", "bad");
    }
    button.classList.add("is-done");
    toast("Copied", "ok");
    setTimeout(() => button.classList.remove("is-done"), 1500);
  };

  const toast = (text, tone) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));

  const theme = (choice) => {
    if (choice === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choice);
    if (choice === "auto") delete root.dataset.theme;
    else root.dataset.theme = choice;
    markTheme();
  };

  const markTheme = () => {
    const now = localStorage.getItem("theme") || "auto";
    for (const el of document.querySelectorAll("[data-theme-choice]")) el.setAttribute("aria-pressed", el.dataset.themeChoice === now);
  };

  document.addEventListener("click", (event) => {
    const el = event.target;
    const opener = el.closest("[data-opens]");
    if (opener) return open(opener.dataset.opens);
    if (el.closest("[data-closes]")) return el.closest("dialog").close();
    if (el.matches("dialog")) return closeOutside(el, event);
    const copier = el.closest("[data-copy]");
    if (copier) return copy(copier);
    const choice = el.closest("[data-theme-choice]");
    if (choice) return theme(choice.dataset.themeChoice);
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(el)) menu.open = false;
  });

  const closeOutside = (dialog, { clientX: x, clientY: y }) => {
    const box = dialog.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) dialog.close();
  };

  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details[data-menu][open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  // A form is sent once; the page's return (back button, refusal) makes it usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-form]");
    if (!form) return;
    if (form.classList.contains("is-busy")) return event.preventDefault();
    form.classList.add("is-busy");
    setTimeout(() => form.classList.remove("is-busy"), 8000);
  });
  const free = (event) => (event.target.closest?.("[data-form]") ?? null)?.classList.remove("is-busy");
  document.addEventListener("htmx:afterRequest", free);
  window.addEventListener("pageshow", () => document.querySelectorAll(".is-busy").forEach((el) => el.classList.remove("is-busy")));

  // Links that htmx follows carry their address in `href` alone: what people typed never stands in hx-… attributes (WEB-02).
  document.addEventListener("htmx:configRequest", (event) => {
    const link = event.target.closest("[data-follow]");
    if (link) event.detail.path = link.getAttribute("href");
  });

  let g = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open("palette");
    }
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") return focusSearch(event);
    if (event.key === "?") return open("palette");
    if (event.key === "g") { g = Date.now(); return; }
    if (Date.now() - g < 1200) go(event.key);
    g = 0;
  });

  const go = (key) => document.querySelector(`.nav-item[data-key="${CSS.escape(key)}"]`)?.click();
  const focusSearch = (event) => {
    event.preventDefault();
    const field = document.querySelector("main [data-search], main input[type=search], main .filters input[type=text]");
    if (field) field.focus();
    else open("palette");
  };

  if (/Mac|iP(hone|ad)/.test(navigator.platform)) for (const el of document.querySelectorAll(".goto kbd")) el.textContent = "⌘ K";
  markTheme();
})();
