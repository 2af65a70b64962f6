// Words of the trade: hover, focus or tap shows the glossary's short text with a link.
(() => {
  const tip = document.createElement("div");
  tip.id = "term-tip";
  tip.className = "term-tip";
  tip.popover = "manual";
  const text = document.createElement("p");
  text.id = "term-tip-text";
  const more = document.createElement("a");
  more.tabIndex = -1; // the word itself is the same link, in its place of the tab order
  more.textContent = "Read more";
  tip.append(text, more);

  let word = null;
  let timer = 0;

  const place = () => {
    const at = word.getClientRects()[0] ?? word.getBoundingClientRect();
    const gap = 6;
    const left = Math.min(Math.max(8, at.left), document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = at.bottom + gap + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? at.bottom + gap : Math.max(8, at.top - gap - tip.offsetHeight)}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    if (!word) return;
    word.removeAttribute("aria-describedby");
    word = null;
    if (tip.isConnected && tip.matches(":popover-open")) tip.hidePopover();
  };

  const show = (el) => {
    clearTimeout(timer);
    if (word === el) return;
    hide();
    word = el;
    text.textContent = el.dataset.tip;
    more.href = el.href;
    // Inside a modal dialog the rest of the page is inert, so the tip has to live in it.
    (el.closest("dialog[open], main, nav") ?? document.body).append(tip);
    tip.showPopover();
    el.setAttribute("aria-describedby", text.id);
    place();
  };

  const later = (action, wait) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
  const term = (event) => event.target.closest?.("a.term[data-tip]");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const el = term(event);
    if (el) later(() => el.isConnected && show(el), word ? 60 : 180);
    else if (tip.contains(event.target)) clearTimeout(timer);
    else if (word && !word.matches(":focus-visible")) later(hide, 160);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const el = term(event);
    if (el?.matches(":focus-visible")) show(el);
    else if (!tip.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const el = term(event);
    if (el && event.pointerType === "touch" && word !== el) {
      event.preventDefault();
      show(el);
    } else if (!el && !tip.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && word) {
      event.preventDefault();
      hide();
    }
  });
  window.addEventListener("scroll", hide, { capture: true, passive: true });
  window.addEventListener("resize", hide);
})();
