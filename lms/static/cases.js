// The drill room's clock and keys. The page works without them.
(() => {
  "use strict";

  // --- Drill room: the time since the customer wrote, counted by the server's clock ---
  let timer;
  const startClock = () => {
    clearInterval(timer);
    const clock = document.querySelector("[data-clock]");
    if (!clock) return;
    const limit = Number(clock.dataset.limit);
    const since = Date.parse(clock.dataset.since);
    const ahead = Date.parse(clock.dataset.now) - Date.now();
    const text = clock.querySelector("text");
    const ring = clock.querySelector(".ring-value");
    const tick = () => {
      const spent = (Date.now() + ahead - since) / 1000;
      const left = limit - spent;
      const late = limit > 0 && left < 0;
      const shown = Math.max(0, limit && !late ? Math.ceil(left) : Math.floor(spent));
      text.textContent = shown < 600 ? shown : `${Math.floor(shown / 60)}′`;
      ring.setAttribute("stroke-dasharray", `${limit ? Math.max(0, (100 * left) / limit) : 100} 100`);
      clock.classList.toggle("is-late", late);
      clock.classList.toggle("is-near", limit > 0 && !late && left <= limit * 0.4);
    };
    tick();
    timer = setInterval(tick, 250);
  };

  const enterRoom = () => {
    const log = document.getElementById("room-log");
    if (!log) return;
    log.scrollTop = log.scrollHeight;
    startClock();
    document.querySelector("[data-composer] textarea")?.focus({ preventScroll: true });
  };
  enterRoom();
  document.addEventListener("htmx:after:swap", enterRoom);

  // Enter sends; Shift-Enter makes a line; Enter that ends a Chinese input does neither.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
