// Says in words what went wrong with a passkey, where the library would only write to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail.exception?.name;
  const text = name === "SecurityError"
    ? "Passkeys need a host name. Open this page at localhost or at its own name, not at an IP address."
    : name === "NotAllowedError"
      ? "The browser closed the question, or there is no passkey for this page."
      : "The browser could not use a passkey here.";
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" } }));
});
