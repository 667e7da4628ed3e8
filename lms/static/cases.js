// The drill room's keys. The page works without them.
(() => {
  "use strict";

  // --- Drill room ---
  const enterRoom = () => {
    const log = document.getElementById("room-log");
    if (!log) return;
    log.scrollTop = log.scrollHeight;
    window.lms.replyClock();
    document.querySelector("[data-composer] textarea")?.focus({ preventScroll: true });
  };
  enterRoom();

  // What is being typed survives a reload, until it is sent.
  const typing = `run-typing-${location.pathname}`;
  const replyBox = () => document.querySelector("[data-composer] textarea");
  const keepTyped = () => {
    try {
      if (replyBox()?.value) sessionStorage.setItem(typing, replyBox().value);
      else sessionStorage.removeItem(typing);
    } catch {
      // No storage: only a reload could lose it.
    }
  };
  try {
    if (replyBox() && !replyBox().value) replyBox().value = sessionStorage.getItem(typing) ?? "";
  } catch {
    // As above.
  }
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-composer]")) keepTyped();
  });
  document.addEventListener("htmx:after:swap", () => {
    enterRoom();
    keepTyped();
  });

  // What is opened at the end of the conversation is seen.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches?.(".overrule[open]")) event.target.scrollIntoView({ block: "nearest" });
    },
    true,
  );

  // Enter sends; Shift-Enter makes a line; Enter that ends a Chinese input does neither.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
