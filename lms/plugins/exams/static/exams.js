// The exam page: saves each answer as it is given, keeps it in the browser until the server has it,
// and counts down by the server's clock. Without this file the page's form does the saving.
(() => {
  "use strict";
  const exam = document.getElementById("exam");
  if (!exam) return;
  const text = exam.dataset;
  let deadline = Number(text.deadline);
  let offset = Number(text.now) - Date.now();
  const serverNow = () => Math.round(Date.now() + offset);

  // --- What waits to be saved: position -> {sequence, fields}, kept across a crash ---
  const store = `exam-${text.attempt}`;
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(store)) ?? {};
    } catch {
      return {};
    }
  };
  const pending = stored();
  // Other windows of this sitting keep theirs in the same place, so only what is meant is touched.
  const update = (change) => {
    const kept = stored();
    change(kept);
    try {
      if (Object.keys(kept).length) localStorage.setItem(store, JSON.stringify(kept));
      else localStorage.removeItem(store);
    } catch {
      // No storage (private window): the answers are still sent, only a crash could lose one.
    }
  };
  const keep = (position) =>
    update((kept) => {
      if (!(kept[position]?.sequence > pending[position].sequence)) kept[position] = pending[position];
    });
  const forget = (position, sequence) => {
    if (pending[position]?.sequence <= sequence) delete pending[position];
    update((kept) => {
      if (kept[position]?.sequence <= sequence) delete kept[position];
    });
  };
  const forgetAll = () => {
    for (const each of [pending, stored()])
      for (const [position, { sequence }] of Object.entries(each)) forget(position, sequence);
  };
  // What the server will not have as it is: position -> sequence. Not sent again, and not thrown away.
  const refused = {};
  // In the order in which they were given.
  const unsent = () =>
    Object.keys(pending)
      .filter((p) => refused[p] !== pending[p].sequence)
      .sort((a, b) => pending[a].sequence - pending[b].sequence);

  const mark = (state, words) => {
    const line = document.getElementById("exam-saved");
    line.dataset.state = state;
    line.querySelector("[role=status]").textContent = words;
  };

  // --- The question map follows what is chosen ---
  const question = (position) => document.querySelector(`[data-question="${position}"]`);
  const isTick = (el) => el.type === "checkbox" || el.type === "radio";
  const inputs = (box) => [...box.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const filled = (box) => inputs(box).filter((el) => (isTick(el) ? el.checked : el.value.trim() !== ""));
  const draw = (position) => {
    const dot = document.querySelector(`[data-dot="${position}"]`);
    const box = question(position);
    if (!dot || !box) return;
    dot.classList.toggle("is-answered", filled(box).some((el) => el.name[0] === "a"));
    dot.classList.toggle("is-flagged", box.querySelector(`[name="f${position}"]`).checked);
    const count = document.getElementById("exam-answered");
    if (count) count.textContent = document.querySelectorAll("[data-dot].is-answered").length;
  };

  const tell = (name, detail) => exam.dispatchEvent(new CustomEvent(name, { detail }));
  const fieldsOf = (position) => filled(question(position)).map((el) => [el.name, el.value]);

  const changed = (event) => {
    const box = event.target.closest("[data-question]");
    if (!box) return;
    const position = box.dataset.question;
    const hidden = box.querySelector(`[name="s${position}"]`);
    // Later than anything this page knows of, whatever the browser's clock says.
    const sequence = Math.max(Number(hidden.value) + 1, serverNow());
    hidden.value = sequence;
    pending[position] = { sequence, fields: fieldsOf(position) };
    keep(position);
    draw(position);
    tell("exam:given", { position, ...pending[position] });
    send();
  };

  // --- Handing in waits for what is not saved yet ---
  const handIn = document.getElementById("hand-in");
  let handingIn = false;
  handIn?.addEventListener("submit", (event) => {
    for (const [position, each] of Object.entries(stored()))
      if (!(pending[position]?.sequence >= each.sequence)) pending[position] = each; // another window's
    if (!unsent().length && navigator.onLine) return;
    event.preventDefault();
    going = false;
    handingIn = true;
    if (navigator.onLine || unsent().length) send();
    else mark("waiting", text.textOffline);
  });

  // --- Sending: one at a time, again and again until the server has it ---
  let sending = false;
  let retry;
  const post = (url, body) =>
    fetch(url, {
      method: "POST",
      body,
      keepalive: true,
      headers: {
        "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
        "X-Requested-With": "fetch",
        "HX-Request": "true", // an ended session is answered by its status, not by a page
      },
    });

  const stop = (words, way = "") => {
    const box = document.getElementById("exam-stop");
    box.querySelector("p").textContent = words;
    for (const link of box.querySelectorAll("a")) link.hidden = link.dataset.way !== way;
    box.hidden = false;
    mark("waiting", words);
  };
  const close = () => {
    clearInterval(ticking);
    for (const input of document.querySelectorAll(".exam-question :is(input, select, textarea), .exam-body button")) input.disabled = true;
  };
  // It is handed in. What the server had not got by then does not count, and that is said.
  let isEnded = false;
  const ended = (url) => {
    if (isEnded) return;
    isEnded = true;
    const late = Object.keys(pending);
    forgetAll();
    if (!late.length) return location.assign(url);
    close();
    document.querySelector("#exam-stop [data-way=result]").href = url;
    stop(text.textLate.replace("{numbers}", late.join(", ")), "result");
  };

  const send = async () => {
    if (sending) return;
    sending = true;
    clearTimeout(retry);
    let saved = false;
    for (let position; (position = unsent()[0]); ) {
      const { sequence, fields } = pending[position];
      mark("saving", text.textSaving);
      let response, answer;
      try {
        response = await post(text.save, new URLSearchParams([[`s${position}`, sequence], ...fields]));
        if (response.status >= 500 || response.status === 429) throw new Error(response.status);
        const body = await response.text();
        answer = body.startsWith("{") ? JSON.parse(body) : {};
        delete text.offline;
      } catch {
        text.offline = ""; // going from question to question must not ask the server now
        mark("waiting", text.textWaiting);
        retry = setTimeout(send, 3000);
        break;
      }
      if (response.status === 409 && answer.url) return ended(answer.url);
      if (response.status === 401 || (response.status === 400 && !answer.message)) {
        stop(text.textSignedOut, "sign-in");
        break;
      }
      if (!answer.older) {
        refused[position] = sequence;
        continue;
      }
      offset = answer.now - Date.now();
      heard = Date.now();
      if (answer.deadline !== deadline) ask();
      forget(position, sequence);
      saved = true;
      if (answer.older.length) return reload(); // another window was later; show what it saved
    }
    if (!unsent().length) done(saved);
    sending = false;
  };
  const done = (saved) => {
    const left = Object.keys(pending);
    if (left.length) {
      handingIn = false; // pressed once more, it is handed in without them
      return stop(text.textRefused.replace("{numbers}", left.join(", ")));
    }
    document.getElementById("exam-stop").hidden = true;
    mark("saved", text.textSaved);
    if (handingIn) return handIn.submit();
    if (saved && !document.querySelector("[data-question]")) reload(); // the overview is out of date
  };
  const fill = (position, given) => {
    const box = question(position);
    if (!box || !given) return;
    const hidden = box.querySelector(`[name="s${position}"]`);
    if (Number(hidden.value) > given.sequence) return;
    hidden.value = given.sequence;
    for (const input of inputs(box)) {
      const values = given.fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (isTick(input)) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
    }
    draw(position);
  };
  const restore = () => {
    for (const position of Object.keys(pending)) fill(position, pending[position]);
    if (Object.keys(pending).length) send();
  };

  // --- The clock ---
  const clock = document.getElementById("exam-clock");
  const say = (words) => (document.getElementById("exam-say").textContent = words);
  let before = Infinity;
  let heard = Date.now(); // when the server last said until when
  const ask = async () => {
    heard = Date.now();
    try {
      const answer = await (await fetch(text.clock, { headers: { "X-Requested-With": "fetch" } })).json();
      offset = answer.now - Date.now();
      clock.querySelector("small").textContent = answer.until;
      if (answer.deadline > deadline) {
        const words = text.textMore.replace("{until}", answer.until);
        mark(document.getElementById("exam-saved").dataset.state, words);
        say(words);
      }
      deadline = answer.deadline;
    } catch {
      // No connection, or signed out: the next save says so.
    }
  };
  // A room full of people does not ask in the same second.
  const patience = 30000 + Math.random() * 30000;
  // By a clock that nobody sets: where the two part, this one was set, or the computer slept.
  const apart = () => Date.now() - performance.now();
  let wasApart = apart();
  const tick = () => {
    const jump = apart() - wasApart;
    if (Math.abs(jump) > 2000) {
      wasApart += jump;
      offset -= jump;
      ask();
    }
    const left = Math.max(0, Math.ceil((deadline - serverNow()) / 1000));
    const minutes = Math.floor(left / 60);
    document.getElementById("exam-left").textContent = `${minutes}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("is-short", left <= 300);
    if (before > 300 && left <= 300 && left > 60 && before !== Infinity) say(text.textFive);
    if (before > 60 && left <= 60 && before !== Infinity) say(text.textOne);
    before = left;
    if (left <= 0) return over();
    // Whoever reads for long saves nothing that would bring news of more time.
    if (Date.now() - heard > patience && !document.hidden) ask();
  };

  const over = async () => {
    say(text.textOver);
    mark("saving", text.textOver);
    close();
    try {
      // Only if it is over for the server too: somebody may have been given more time meanwhile.
      const response = await post(text.submit, new URLSearchParams({ over: 1 }));
      if (response.status === 401) return stop(text.textSignedOut, "sign-in");
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (!answer.over) return reload(); // what waits is kept, and sent by the page anew
      ended(answer.url);
    } catch {
      stop(text.textOverOffline);
      setTimeout(over, 5000);
    }
  };

  // Words are saved while they are typed, not only when the field is left.
  let typing;
  const typed = (event) => {
    if (isTick(event.target) || event.target.tagName === "SELECT") return;
    clearTimeout(typing);
    typing = setTimeout(() => changed(event), 1500);
  };

  // --- Leaving the page is recorded, not punished; going from question to question is not leaving ---
  const reload = () => {
    going = true;
    location.reload();
  };
  const LEFT = `exam-left-${text.attempt}`;
  let going = false;
  const seen = (where) => post(text.seen, new URLSearchParams({ where })).catch(() => {});
  const recall = (value) => {
    try {
      const before = sessionStorage.getItem(LEFT);
      if (value) sessionStorage.setItem(LEFT, value);
      else sessionStorage.removeItem(LEFT);
      return before;
    } catch {
      return null;
    }
  };
  document.addEventListener("submit", () => (going = true), true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[href]:not([href^='#'])")) going = true;
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !going) {
      recall("1");
      seen("away");
    } else if (!document.hidden) {
      going = false;
      if (recall("")) seen("back");
      ask(); // more time may have been given
    }
  });
  if (recall("")) seen("back");

  exam.addEventListener("change", changed);
  exam.addEventListener("input", typed);
  exam.addEventListener("exam:shown", ({ detail: { position, given } }) => {
    going = false;
    fill(position, given);
    fill(position, pending[position]);
    draw(position);
    if (!unsent().length) mark("waiting", text.textOffline);
  });
  window.addEventListener("online", () => {
    ask();
    send();
  });
  window.addEventListener("offline", () => {
    if (!unsent().length) mark("waiting", text.textOffline);
  });
  const ticking = setInterval(tick, 1000);
  restore();
  tick();
})();
