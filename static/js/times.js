// Relative times ("5 min ago") stay true while the page stays open; the words are those of the server.
(() => {
  const STEPS = [[60, 1, " s"], [3600, 60, " min"], [86400, 3600, " h"], [604800, 86400, " d"]];
  const said = (seconds) => {
    const away = Math.abs(seconds);
    if (away < 5) return "just now";
    for (const [limit, unit, word] of STEPS) {
      if (away < limit) return seconds > 0 ? `${Math.floor(away / unit)}${word} ago` : `in ${Math.floor(away / unit)}${word}`;
    }
    return "";
  };
  setInterval(() => {
    if (document.hidden) return;
    for (const el of document.querySelectorAll("time[data-relative]")) {
      const words = said((Date.now() - Date.parse(el.dateTime)) / 1000);
      if (words && el.textContent !== words) el.textContent = words;
    }
  }, 20000);
})();
