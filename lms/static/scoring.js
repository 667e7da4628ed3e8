// The rubric by keyboard, its sum, and the draft that is kept while one types. Works without it.
(() => {
  "use strict";
  const rubric = document.querySelector("[data-rubric]");
  if (!rubric) return;
  const criteria = [...rubric.querySelectorAll("[data-weight]")];
  const out = rubric.querySelector("[data-points]");
  const given = (criterion) => criterion.querySelector("input:checked")?.value;
  const needsWords = (value) => value === "na" || value === "1" || value === "2";

  // --- The sum as the server will count it: weights of what applies, scaled up to 100 ---
  const count = () => {
    const values = criteria.map((c) => [Number(c.dataset.weight), given(c)]);
    const chosen = values.filter(([, value]) => value);
    const applying = chosen.filter(([, value]) => value !== "na");
    const total = applying.reduce((sum, [weight]) => sum + weight, 0);
    const earned = applying.reduce((sum, [weight, value]) => sum + weight * (Number(value) - 1) * 25, 0);
    const points = total ? earned / total : 0;
    const critical = rubric.querySelector("[name=critical]:checked");
    const isWhole = chosen.length === criteria.length;
    out.textContent = critical
      ? `0 · ${out.dataset.critical}`
      : isWhole ? points.toFixed(2) : `${chosen.length} / ${criteria.length}`;
    out.classList.toggle("is-failing", Boolean(critical) || (isWhole && points < Number(out.dataset.pass)));
    for (const criterion of criteria) {
      criterion.querySelector("textarea").required = needsWords(given(criterion));
    }
  };
  rubric.addEventListener("change", count);
  count();

  // --- Keys ---
  const enter = (criterion) => {
    if (!criterion) return;
    (criterion.querySelector("input:checked") ?? criterion.querySelector("input")).focus();
    criterion.scrollIntoView({ block: "nearest" });
  };
  const write = (criterion) => {
    const box = criterion.querySelector("textarea");
    box.focus();
    box.scrollIntoView({ block: "nearest" });
  };
  const set = (criterion, value) => {
    const choice = criterion.querySelector(`input[value="${value}"]`);
    if (!choice) return; // a criterion that always applies
    choice.checked = true;
    criterion.dispatchEvent(new Event("change", { bubbles: true }));
    if (needsWords(value)) write(criterion);
    else enter(criteria[criteria.indexOf(criterion) + 1] ?? rubric.querySelector(".is-critical"));
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      if (event.key === "Enter" && event.target.form === rubric) rubric.requestSubmit();
      return;
    }
    if (event.target.matches("textarea, input[type=text], input[type=search], select")) return;
    const criterion = event.target.closest("[data-weight]");
    const at = criteria.indexOf(criterion);
    const act = /^[0-5]$/.test(event.key)
      ? () => set(criterion ?? criteria.find((c) => !given(c)) ?? criteria[0], event.key === "0" ? "na" : event.key)
      : event.key === "ArrowDown" && (criterion || event.target === document.body)
        ? () => enter(criteria[at + 1] ?? rubric.querySelector(".is-critical"))
        : event.key === "ArrowUp" && criterion ? () => enter(criteria[Math.max(0, at - 1)])
          : /^c$/i.test(event.key) && criterion ? () => write(criterion) : null;
    if (!act) return;
    event.preventDefault();
    act();
  });

  // --- The draft, a moment after the last key ---
  const state = rubric.querySelector("[data-draft]");
  if (!state) return;
  let timer;
  let isSent = false;
  let isTyped = false; // and not stored yet
  const post = (more) =>
    fetch(state.dataset.draft, {
      method: "POST",
      body: new FormData(rubric),
      headers: { Accept: "application/json" },
      ...more,
    });
  const save = async () => {
    if (isSent) return;
    isTyped = false;
    try {
      const answer = await post();
      if (answer.ok) state.textContent = (await answer.json()).said;
    } catch {
      later(5000); // no network: what was typed is still on the page
    }
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
    isTyped = true;
  };
  const typed = (event) => {
    if (event.target.form === rubric) later(800);
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  rubric.addEventListener("change", () => later(800));
  rubric.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
  });
  // Whoever leaves within that moment loses nothing either.
  window.addEventListener("pagehide", () => {
    if (isTyped && !isSent) post({ keepalive: true }).catch(() => {});
  });
})();
