// The ring in which a reply is due, counted by the server's clock. Without it the ring stands still.
(() => {
  "use strict";
  let timer;
  // Starts on the ring that the page has now, if any; call it again when the page has another.
  window.lms.replyClock = () => {
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
      const late = left < 0;
      const shown = Math.max(0, late ? Math.floor(spent) : Math.ceil(left));
      text.textContent = shown < 600 ? shown : `${Math.floor(shown / 60)}′`;
      ring.setAttribute("stroke-dasharray", `${Math.max(0, (100 * left) / limit)} 100`);
      clock.classList.toggle("is-late", late);
      clock.classList.toggle("is-near", !late && left <= limit * 0.4);
    };
    tick();
    timer = setInterval(tick, 250);
  };
})();
