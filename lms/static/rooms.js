// A live drill room: asks for what is new, sends what is written until the server has it.
// Without this file the page's form sends, and its link looks for new messages.
(() => {
  "use strict";
  const room = document.getElementById("live-room");
  if (!room) return;
  const words = room.dataset;
  const log = document.getElementById("room-log");
  const lines = document.getElementById("room-lines");
  const waiting = document.getElementById("room-unsent");
  const times = document.getElementById("room-times");
  const form = room.querySelector("[data-room-composer]");
  const box = form?.querySelector("textarea");
  let last = Number(words.last);
  let state = words.state;
  let newsAt = Date.now();
  const isOver = () => state === "ended" || state === "closed";

  // --- What the server does not have yet: kept for a reload, each with the key that makes it one ---
  const store = `room-${words.id}`;
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(store)) ?? [];
    } catch {
      return [];
    }
  };
  let unsent = read();
  // What is still being typed, too.
  const typing = `${store}-typing`;
  const keepTyped = () => {
    try {
      if (box.value) sessionStorage.setItem(typing, box.value);
      else sessionStorage.removeItem(typing);
    } catch {
      // As above.
    }
  };
  if (box) {
    try {
      box.value = sessionStorage.getItem(typing) ?? box.value;
    } catch {
      // As above.
    }
    box.addEventListener("input", keepTyped);
  }
  const keep = () => {
    try {
      if (unsent.length) sessionStorage.setItem(store, JSON.stringify(unsent));
      else sessionStorage.removeItem(store);
    } catch {
      // No storage: it is still sent, only a reload could lose it.
    }
  };
  const drawUnsent = () => {
    waiting.replaceChildren(
      ...unsent.map((one) => {
        const item = document.getElementById("unsent-model").content.firstElementChild.cloneNode(true);
        item.querySelector(".say-text").textContent = one.text;
        if (one.late) item.querySelector("em").textContent = words.textUnsent;
        return item;
      }),
    );
  };

  // --- What the server says ---
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const show = (news) => {
    const follow = atEnd();
    const fresh = document.createElement("template");
    fresh.innerHTML = news.lines;
    let isNew = false;
    for (const item of [...fresh.content.querySelectorAll("[data-seq]")]) {
      if (document.getElementById(item.id)) continue;
      if (item.dataset.key) unsent = unsent.filter((one) => one.key !== item.dataset.key);
      else isNew = true;
      lines.append(item);
    }
    keep();
    drawUnsent();
    if (news.last > last || news.state !== state) newsAt = Date.now();
    last = Math.max(last, news.last);
    state = news.state;
    times.innerHTML = news.times;
    times.closest(".card").hidden = !times.childElementCount; // who only read along has none at the end
    window.lms.replyClock();
    if (news.noted) press(news.noted);
    if (follow) log.scrollTop = log.scrollHeight;
    if (isNew && document.hidden) document.title = `● ${words.textNew}`;
    if (news.over) close(news.over);
  };
  const press = (noted) => {
    for (const button of room.querySelectorAll("[data-kind]")) {
      const value = Number(button.value);
      const on = button.dataset.kind === "mood" ? noted.mood === value : noted[button.dataset.kind].includes(value);
      button.setAttribute("aria-pressed", on);
    }
  };
  const close = (url) => {
    const line = document.getElementById("room-over");
    line.querySelector("a").href = url;
    line.hidden = false;
    for (const part of room.querySelectorAll("textarea, button")) part.disabled = true;
    if (form) form.hidden = true;
    log.scrollTop = log.scrollHeight;
  };

  // --- Asking: often while something happens, seldom otherwise, and never two at once ---
  const offline = (text) => {
    const line = document.getElementById("room-offline");
    line.querySelector("span").textContent = text ?? "";
    line.hidden = !text;
  };
  const call = (url, body) => {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 10000);
    const headers = { "X-Requested-With": "fetch", "HX-Request": "true" };
    if (body) headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
    return fetch(url, { method: body ? "POST" : "GET", body, headers, signal: stop.signal, cache: "no-store" })
      .finally(() => clearTimeout(late));
  };
  let timer;
  let failures = 0;
  const pause = () => {
    if (failures) return Math.min(8000, 500 * 2 ** failures);
    const quiet = Date.now() - newsAt;
    return document.hidden ? 3000 : quiet < 90000 ? 1000 : quiet < 600000 ? 2500 : 5000;
  };
  const next = () => {
    clearTimeout(timer);
    if (!isOver()) timer = setTimeout(ask, pause() * (0.9 + 0.2 * Math.random()));
  };
  const ended = (status) => {
    offline(words.textSignedOut);
    failures = Math.max(failures, 4);
    return status === 403 || status === 404;
  };
  const ask = async () => {
    try {
      const answer = await call(`${words.url}?after=${last}&state=${state}`);
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      if (!answer.ok && ended(answer.status)) return;
      if (answer.ok) {
        failures = 0;
        offline();
        if (answer.status === 200) show(await answer.json());
        if (unsent.length) send();
      }
    } catch {
      failures += 1;
      if (failures > 1) offline(words.textOffline);
    }
    next();
  };

  // --- Sending: one after the other, so that they arrive in the order in which they were written ---
  const refuse = (text, typed) => {
    const line = document.getElementById("room-error");
    line.querySelector("span").textContent = text;
    line.hidden = !text;
    if (typed && !box.value) {
      box.value = typed;
      keepTyped();
    }
  };
  let sending = false;
  let retry;
  const send = async () => {
    if (sending) return;
    sending = true;
    clearTimeout(retry);
    while (unsent.length) {
      const one = unsent[0];
      let answer;
      try {
        answer = await call(form.action, new URLSearchParams({ text: one.text, client_key: one.key, after: last }));
        if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      } catch {
        for (const each of unsent) each.late = true;
        failures += 1;
        drawUnsent();
        offline(words.textOffline);
        log.scrollTop = log.scrollHeight;
        retry = setTimeout(send, pause());
        break;
      }
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
        one.late = true;
        drawUnsent();
        ended(answer.status);
        break;
      }
      failures = 0;
      offline();
      if (answer.ok) {
        unsent = unsent.filter((each) => each !== one);
        show(await answer.json());
        continue;
      }
      const said = await answer.json().catch(() => ({}));
      unsent = unsent.filter((each) => each !== one);
      keep();
      drawUnsent();
      refuse(said.error ?? words.textOffline, one.text);
      if (answer.status === 409) ask();
    }
    sending = false;
    next();
  };
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    unsent.push({ key: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""), text });
    keep();
    box.value = "";
    keepTyped();
    refuse("");
    drawUnsent();
    log.scrollTop = log.scrollHeight;
    send();
  });
  // Enter sends; Shift-Enter makes a line; Enter that ends a Chinese input does neither.
  box?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // --- The one who plays the customer: notes, and lines to begin from ---
  room.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-note]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    body.set("after", last);
    try {
      const answer = await call(event.target.action, body);
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
    } catch {
      offline(words.textOffline);
    }
  });
  room.addEventListener("click", (event) => {
    const prompt = event.target.closest("[data-prompt]");
    if (!prompt || !box) return;
    box.value = prompt.textContent;
    keepTyped();
    box.focus();
  });

  const title = document.title;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = title;
    clearTimeout(timer);
    ask();
  });
  window.addEventListener("online", () => {
    failures = 0;
    send();
    ask();
  });
  for (const one of unsent) one.late = true;
  drawUnsent();
  log.scrollTop = log.scrollHeight;
  window.lms.replyClock();
  if (form && unsent.length) send();
  next();
})();
