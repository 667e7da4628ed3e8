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
  document.addEventListener("htmx:after:swap", enterRoom);

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
