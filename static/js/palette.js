// The command palette: htmx fetches the results, arrows choose, Enter goes.
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("input");
  const list = document.getElementById("palette-list");
  let at = 0;

  const items = () => [...list.querySelectorAll("[role=option]")];
  const mark = (index) => {
    const all = items();
    at = Math.max(0, Math.min(index, all.length - 1));
    all.forEach((el, i) => el.setAttribute("aria-selected", i === at));
    if (all[at]) { field.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  };

  dialog.addEventListener("palette-shown", () => {
    field.value = "";
    field.focus();
    htmx.trigger(field, "palette-open");
  });
  list.addEventListener("htmx:afterSwap", () => mark(0));
  const silent = () => { list.innerHTML = '<div class="palette__none" role="option" aria-disabled="true">The console does not answer. Try again in a moment.</div>'; };
  field.addEventListener("htmx:sendError", silent);
  field.addEventListener("htmx:responseError", silent);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter") items()[at]?.click();
    else return;
    event.preventDefault();
  });
})();
