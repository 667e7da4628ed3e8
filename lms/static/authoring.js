// A form of a draft saves itself a few seconds after the last key. Without scripts one presses Save.
(() => {
  "use strict";
  const PAUSE = 4000;
  let timer;
  let busy = false;
  let pressed; // the button that waits for a save under way

  const formOf = (target) => target.closest?.("form[data-autosave]");
  const say = (form, text) => {
    const place = form.querySelector("[data-saved]");
    if (place) place.textContent = text;
  };

  const save = async (form) => {
    if (form.dataset.sending || !form.isConnected) return;
    if (busy) {
      later(form); // what was typed meanwhile
      return;
    }
    busy = true;
    form.dataset.unsaved = "";
    const sent = new FormData(form);
    sent.delete("file");
    sent.set("do", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const { was, text } = await answer.json();
      form.elements.was.value = was;
      say(form, text);
    } catch {
      form.dataset.unsaved = "typed";
      // Somebody else's change, or something that cannot stand: the page after Save says which.
      say(form, form.querySelector("[data-saved]")?.dataset.textFailed ?? "");
    }
    busy = false;
    if (pressed !== undefined) {
      const button = pressed;
      pressed = undefined;
      form.requestSubmit(button ?? undefined);
    }
  };

  const later = (form) => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form), PAUSE);
  };

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form && event.target.type !== "file") later(form);
  });

  // What is sent now must know what was saved just before.
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    clearTimeout(timer);
    if (!busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter;
  }, true);
})();
