// Quiet words in the corner: from Django's messages, from htmx ("toast" in HX-Trigger) and from our own scripts.
(() => {
  const box = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  const icons = document.getElementById("toast-icons").content.children;

  const leave = (el) => setTimeout(() => { if (!el.matches(":hover, :focus-within")) el.remove(); else leave(el); }, el.classList.contains("toast--bad") ? 12000 : 5000);

  const show = (text, tone = "ok") => {
    const el = template.content.firstElementChild.cloneNode(true);
    el.className = `toast toast--${tone}`;
    el.querySelector("svg").replaceWith(icons[tone === "ok" ? 0 : 1].cloneNode(true));
    el.querySelector("p").textContent = text;
    while (box.children.length > 2) box.firstElementChild.remove();
    box.append(el);
    leave(el);
  };

  document.addEventListener("toast", (event) => show(event.detail.text ?? event.detail.value, event.detail.tone));
  box.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast]").remove());
  document.addEventListener("htmx:sendError", () => show("The console does not answer. Check that it runs, then try again.", "bad"));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401 || event.detail.xhr.getResponseHeader("HX-Trigger")) return;
    const id = event.detail.xhr.getResponseHeader("X-Request-ID");
    show(status === 404 ? "That is no longer here. Reload the page." : `That did not work (${status}).${id ? ` Request id ${id}` : ""}`, "bad");
  });
  for (const el of box.children) leave(el);
})();
