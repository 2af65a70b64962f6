// Before the first paint: the colours that this browser chose last (none: as the system).
{
  const kept = localStorage.getItem("theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
}
