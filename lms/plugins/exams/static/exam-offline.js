// Without a connection one goes from question to question all the same: the page with all of them is
// kept for this window soon after the exam was opened, and the next one is taken from there.
(() => {
  "use strict";
  const exam = document.getElementById("exam");
  const form = document.getElementById("paper");
  const foot = form?.querySelector("[data-go=next]");
  if (!foot) return; // all questions are on the page
  const { attempt, paper } = exam.dataset;
  const PAPER = `exam-paper-${attempt}-${document.documentElement.lang}`;
  const GIVEN = `exam-given-${attempt}`;
  const remember = (name, value) => {
    try {
      if (value !== undefined) sessionStorage.setItem(name, value);
      return sessionStorage.getItem(name);
    } catch {
      return null; // no storage, or full: then it is like any page without a connection
    }
  };
  const given = () => JSON.parse(remember(GIVEN) ?? "{}");

  // A class that begins at once must not ask for it at once.
  const fetchPaper = async () => {
    if (remember(PAPER)) return;
    const response = await fetch(paper).catch(() => null);
    if (response?.ok && !response.redirected) remember(PAPER, await response.text());
  };
  setTimeout(fetchPaper, 3000 + Math.random() * 57000);

  exam.addEventListener("exam:given", ({ detail: { position, sequence, fields } }) =>
    remember(GIVEN, JSON.stringify({ ...given(), [position]: { sequence, fields } })));

  const isOffline = () => !navigator.onLine || "offline" in exam.dataset;
  const visited = {};
  const found = (position) => {
    const whole = new DOMParser().parseFromString(remember(PAPER) ?? "", "text/html");
    const box = whole.querySelector(`[data-question="${position}"]`);
    return box && document.importNode(box, true);
  };
  const show = (position) => {
    const old = form.querySelector("[data-question]");
    const box = visited[position] ?? found(position);
    if (!box) return false;
    visited[old.dataset.question] = old;
    old.replaceWith(box);
    const dots = [...document.querySelectorAll("[data-dot]")];
    for (const dot of dots) dot.toggleAttribute("aria-current", Number(dot.dataset.dot) === position);
    document.querySelector(`[data-dot="${position}"]`).setAttribute("aria-current", "step");
    const isLast = position === dots.length;
    foot.value = isLast ? "check" : position + 1;
    foot.querySelector("span").textContent = isLast ? foot.dataset.last : foot.dataset.next;
    const before = form.querySelector("[data-go=before]");
    before.value = position - 1;
    before.hidden = position === 1;
    history.replaceState(null, "", `?q=${position}`);
    return true;
  };

  form.addEventListener("submit", (event) => {
    if (!isOffline()) return;
    event.preventDefault(); // the browser's own page about it would take this one away
    const position = Number(event.submitter?.value ?? foot.value);
    const isShown = position > 0 && show(position);
    const here = form.querySelector("[data-question]");
    if (isShown) here.querySelector("input, select, textarea").focus();
    exam.dispatchEvent(new CustomEvent("exam:shown", {
      detail: { position: here.dataset.question, given: given()[here.dataset.question] },
    }));
  });
})();
