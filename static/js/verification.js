// Sandbox numbers: the number as we understood it is shown before anything is sent; waits count down.
(() => {
  const form = document.querySelector("form[data-echo]");
  if (form) {
    const number = form.querySelector("[name=number]");
    const region = form.querySelector("[name=region]");
    const echo = document.getElementById("echo");
    const asked = () => `${region.value}|${number.value}`;
    let shown = echo.querySelector("[name=confirmed]") ? asked() : "";
    let timer = 0;

    const offer = () => {
      const told = echo.querySelector("[name=confirmed]");
      const channels = told ? told.dataset.channels.split(" ") : ["sms", "call"];
      for (const button of form.querySelectorAll("[name=channel]")) button.disabled = !channels.includes(button.value);
    };

    const ask = async () => {
      const wanted = asked();
      if (wanted === shown || !number.value.trim()) return;
      const query = new URLSearchParams({ number: number.value, region: region.value });
      const answer = await fetch(`${form.dataset.echo}?${query}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok || wanted !== asked()) return;
      echo.innerHTML = await answer.text();
      shown = wanted;
      offer();
    };

    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 300);
    };
    number.addEventListener("input", soon);
    region.addEventListener("change", soon);
    offer();

    form.addEventListener("submit", (event) => {
      if (asked() === shown) return;
      event.preventDefault();
      event.stopPropagation();
      const button = event.submitter;
      ask().finally(() => {
        if (asked() !== shown) shown = asked();
        if (!button?.disabled) form.requestSubmit(button);
      });
    });
  }

  const waiting = [...document.querySelectorAll("[data-wait]")].filter((el) => Number(el.dataset.wait) > 0);
  const line = document.querySelector("[data-countdown]");
  const from = performance.now();
  const tick = () => {
    const passed = Math.floor((performance.now() - from) / 1000);
    let longest = 0;
    for (const button of waiting) {
      const left = Number(button.dataset.wait) - passed;
      button.disabled = left > 0;
      longest = Math.max(longest, left);
    }
    if (line) line.textContent = longest > 0 ? `You can ask for another code in ${longest} seconds.` : "";
    if (longest > 0) setTimeout(tick, 250);
  };
  if (waiting.length) tick();

  // The state changed elsewhere (another tab, the phone): show the whole page as it is now.
  const first = document.querySelector("#status [data-state]")?.dataset.state;
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "status") return;
    const now = event.target.querySelector("[data-state]")?.dataset.state;
    if (first && now && now !== first) location.reload();
  });
})();
