// A form that must not be sent the instant it appears waits for the rest of its time by itself.
(() => {
  const shown = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-patience]");
    if (!form) return;
    const left = Number(form.dataset.patience) - (performance.now() - shown);
    if (left <= 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.waiting) return;
    form.dataset.waiting = "1";
    setTimeout(() => { delete form.dataset.waiting; form.requestSubmit(); }, left);
  }, true);
})();
