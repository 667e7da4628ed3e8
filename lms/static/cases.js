// The drill room's clock and keys, and the rubric's. Both pages work without them.
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

  // --- Rubric: 1 to 5 set the level, the sum is shown as it will be counted ---
  const rubric = document.querySelector("[data-rubric]");
  if (!rubric) return;
  const criteria = [...rubric.querySelectorAll("[data-weight]")];
  const out = rubric.querySelector("[data-points]");
  const levelOf = (criterion) => Number(criterion.querySelector("input:checked")?.value ?? 0);
  const count = () => {
    const chosen = criteria.filter(levelOf);
    const points = chosen.reduce((sum, c) => sum + (Number(c.dataset.weight) * (levelOf(c) - 1)) / 4, 0);
    const critical = rubric.querySelector("[name=critical]:checked");
    out.textContent = critical
      ? `0 · ${out.dataset.critical}`
      : chosen.length < criteria.length ? `${chosen.length} / ${criteria.length}` : points.toFixed(2);
    out.classList.toggle("is-failing", Boolean(critical) || (chosen.length === criteria.length && points < Number(out.dataset.pass)));
    for (const criterion of criteria) {
      const level = levelOf(criterion);
      criterion.querySelector("textarea").required = level > 0 && level <= 2;
    }
  };
  rubric.addEventListener("change", count);
  rubric.addEventListener("keydown", (event) => {
    const criterion = event.target.closest("[data-weight]");
    if (!criterion || event.target.matches("textarea") || !/^[1-5]$/.test(event.key)) return;
    event.preventDefault();
    const input = criterion.querySelector(`input[value="${event.key}"]`);
    input.checked = true;
    count();
    const next = Number(event.key) <= 2
      ? criterion.querySelector("textarea")
      : criteria[criteria.indexOf(criterion) + 1]?.querySelector("input");
    (next ?? rubric.querySelector("[name=critical]"))?.focus();
  });
  count();
})();
