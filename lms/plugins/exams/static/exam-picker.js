// Picking questions in place: the button that was pressed is often gone afterwards, and with it the
// place of whoever goes by keyboard. `data-then` says by id where to go on: the first that is there.
(() => {
  "use strict";
  let then = [];
  document.addEventListener("submit", (event) => {
    then = (event.submitter?.dataset.then ?? "").split(" ").filter(Boolean);
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    const found = then.map((id) => document.getElementById(id)).find((one) => one && !one.disabled);
    then = [];
    found?.focus();
  });
})();
