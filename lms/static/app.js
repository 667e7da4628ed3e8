// Small helpers over plain forms and links. Every page works without them.
(() => {
  "use strict";
  const root = document.documentElement;

  // --- Toasts: lms.toast("Saved", "ok"), or an HX-Trigger header {"toast": {"text": …, "tone": …}} ---
  const GLYPHS = { ok: "circle-check", warn: "alert-triangle", bad: "alert-circle" };
  const toast = (text, tone = "accent") => {
    const box = document.getElementById("toasts");
    const model = document.getElementById("toast-model");
    if (!box || !model) return;
    const item = model.content.firstElementChild.cloneNode(true);
    item.classList.add(`notice-${tone}`);
    item.querySelector("p").textContent = text;
    const use = item.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${GLYPHS[tone] ?? "info-circle"}`));
    box.append(item);
    // Errors stay until they are closed: they may need to be read twice.
    if (tone !== "bad") setTimeout(() => item.remove(), 6000);
  };
  window.lms = { toast };
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.tone));

  document.addEventListener("click", (event) => {
    event.target.closest(".notice-close")?.closest(".notice").remove();
  });

  // --- A form is sent once. Buttons are disabled after the browser has read
  // them, or the pressed button's name would not be sent. ---
  const buttonsOf = (form) =>
    [...form.elements].filter((el) => el.matches("button:not([type=button]), input[type=submit]"));

  const hold = (form, pressed) => {
    form.dataset.sending = "1";
    for (const button of buttonsOf(form)) {
      if (!button.disabled) button.dataset.held = "1";
      button.disabled = true;
    }
    pressed?.setAttribute("aria-busy", "true");
  };
  const release = (form) => {
    delete form.dataset.sending;
    for (const button of buttonsOf(form)) {
      if (button.dataset.held) button.disabled = false;
      delete button.dataset.held;
      button.removeAttribute("aria-busy");
    }
  };
  const releaseAll = () => document.querySelectorAll("form[data-sending]").forEach(release);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    // data-no-guard: forms whose answer is a download, after which the page stays.
    const method = event.submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get";
    if (method.toLowerCase() === "dialog" || "noGuard" in form.dataset) return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented || method.toLowerCase() !== "post") return;
    setTimeout(() => hold(form, event.submitter));
    form.dataset.sending = "1";
  });
  // Back button: the browser restores the page with its buttons still disabled.
  window.addEventListener("pageshow", releaseAll);

  // --- data-confirm="What will happen": asks before a link, button or form goes on ---
  const confirmed = new WeakSet();
  const ask = (text, label, danger) =>
    new Promise((resolve) => {
      const dialog = document.getElementById("ask");
      dialog.querySelector("p").textContent = text;
      const yes = dialog.querySelector("[value=yes]");
      yes.dataset.label ??= yes.textContent;
      yes.textContent = label || yes.dataset.label;
      yes.className = danger ? "btn btn-danger" : "btn btn-primary";
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
      dialog.showModal();
    });

  const guard = (event, element, go, { confirm: text, confirmLabel: label } = element?.dataset ?? {}) => {
    if (!element || confirmed.delete(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const danger = (event.submitter ?? element).matches(".btn-danger, [data-danger]");
    ask(text, label, danger).then((yes) => {
      if (!yes) return;
      confirmed.add(element);
      go();
    });
  };
  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-confirm]:not(form)");
    guard(event, element, () => element.click());
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-confirm]");
    guard(event, form, () => form.requestSubmit(event.submitter));
  }, true);

  // --- A form that was refused for its fields: the first of them is in sight, to be typed in ---
  if (document.querySelector("main [data-marked]")) {
    const marked = document.querySelector("main [aria-invalid=true], main .form-error");
    marked?.focus({ preventScroll: true });
    marked?.scrollIntoView({ block: "center" });
  }

  // --- data-unsaved: whoever leaves a long form with something typed in it is asked first. The
  // server says "typed" itself where it shows again what it has not stored. ---
  let isLeaving = false;
  const isUnsaved = () =>
    !isLeaving &&
    [...document.querySelectorAll('form[data-unsaved="typed"]')].some((form) => !form.dataset.sending);
  const typed = (event) => {
    const form = event.target.form;
    if (form?.hasAttribute("data-unsaved")) form.dataset.unsaved = "typed";
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  // The browser's own question has no words of ours, and on some phones never comes: for links ours does.
  const leaves = (link, event) =>
    link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) &&
    !link.matches("[target=_blank], [download], [hx-get], [data-confirm]") &&
    link.href.split("#")[0] !== location.href.split("#")[0];
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!leaves(link, event) || !isUnsaved()) return;
    const { textUnsaved, labelUnsaved } = document.body.dataset;
    guard(event, link, () => {
      isLeaving = true;
      link.click();
      setTimeout(() => { isLeaving = false; }, 1000); // still here: it was a file
    }, { confirm: textUnsaved, confirmLabel: labelUnsaved });
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved()) event.preventDefault();
  });

  // --- Search by keyboard: / or Ctrl-K ---
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    const search = document.querySelector("[data-search]");
    if (search && (slash || ctrlK)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      open?.removeAttribute("open");
      open?.querySelector("summary").focus();
    }
  });

  // --- Menus: one open at a time, closed by a click elsewhere ---
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  // --- Drop zones ---
  const size = (bytes) =>
    new Intl.NumberFormat(root.lang, {
      style: "unit",
      unit: bytes < 1e6 ? "kilobyte" : "megabyte",
      maximumFractionDigits: 1,
    }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));

  const enhance = (zone) => {
    const input = zone.querySelector("input[type=file]");
    const out = zone.querySelector(".dropzone-file");
    if (!input || zone.classList.contains("is-live")) return;
    zone.classList.add("is-live");
    const hint = out.textContent;
    input.addEventListener("change", () => {
      const files = [...input.files];
      out.textContent = files.map((f) => `${f.name} · ${size(f.size)}`).join(", ") || hint;
      // Said before it is sent: a browser busy with two gigabytes may not hear the server's refusal.
      const isTooLarge = files.reduce((sum, f) => sum + f.size, 0) > Number(input.dataset.most || Infinity);
      input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
      if (isTooLarge) input.reportValidity();
    });
    // The input lies over the whole zone, so dropping on it is the browser's own work.
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("is-over"));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  };
  const enhanceAll = () => document.querySelectorAll(".dropzone").forEach(enhance);
  enhanceAll();

  // --- Tabs wider than a phone: the one that is open is in sight ---
  for (const tab of document.querySelectorAll(".tabs a[aria-current]")) {
    const row = tab.closest(".tabs");
    row.scrollLeft += tab.getBoundingClientRect().right - row.getBoundingClientRect().right + 16;
  }

  // --- htmx: the CSRF token on every request; failures are said, never silent ---
  document.addEventListener("htmx:config:request", (event) => {
    const token = document.querySelector("meta[name=csrf-token]")?.content;
    if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement.matches("form") && request.method !== "GET") hold(sourceElement, request.submitter);
  });
  const failed = (event) => {
    releaseAll();
    const text = document.body.dataset.textFailed;
    // Where the form has a line for it, that is nearer, and covers no button on a phone.
    const line = event.detail.ctx.sourceElement.querySelector?.("[data-unsent]");
    if (line) line.hidden = false;
    else if (text) toast(text, "bad");
  };
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) failed(event);
  });
  document.addEventListener("htmx:finally:request", releaseAll);
  document.addEventListener("htmx:after:swap", enhanceAll);

  // js: values and [filters] in hx-* attributes would need eval; the CSP refuses
  // it, and this says so in plain words to whoever writes one.
  const refuse = function () {
    throw new Error("htmx: scripts in attributes are off (CSP); use an event listener");
  };
  window.htmx?.registerExtension("no-eval", { init: (api) => api.initSecurity(null, refuse, refuse) });
})();
