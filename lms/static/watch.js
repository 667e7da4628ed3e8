// Players of a lesson: they go on where one stopped, skip nothing on a first view, and report where
// they are. What counts as watched is the server's word; without scripts they still play.
(() => {
  "use strict";
  const lesson = document.querySelector("[data-played]");
  if (!lesson) return;
  const seen = JSON.parse(lesson.dataset.seen);
  const token = document.querySelector("meta[name=csrf-token]").content;
  const EVERY = 5; // seconds between reports
  const TOO_FAR = 15; // seconds ahead of the server's word before the player goes back

  const show = () => {
    document.querySelectorAll("[data-until-watched]").forEach((part) => (part.hidden = true));
    document.querySelectorAll("[data-when-watched]").forEach((part) => (part.hidden = false));
  };

  const follow = (player) => {
    const name = player.dataset.watch;
    const known = seen[name] ?? { position: 0, furthest: 0, watched: false };
    let furthest = lesson.dataset.done || known.watched ? Infinity : known.furthest / 1000;
    let reported = -EVERY;

    const hear = (answer) => {
      if (answer.watched) furthest = Infinity;
      else if (player.currentTime > answer.furthest / 1000 + TOO_FAR) {
        furthest = answer.furthest / 1000;
        player.currentTime = furthest;
        window.lms.toast(lesson.dataset.textBack, "warn");
      }
      if (answer.opens) show();
    };
    const report = () => {
      if (lesson.dataset.done) return;
      reported = player.currentTime;
      const body = new URLSearchParams({ name, at: Math.round(player.currentTime * 1000) });
      // A report that fails is made up for by the next one. keepalive: it outlives the page.
      fetch(lesson.dataset.played, { method: "POST", headers: { "X-CSRFToken": token }, body, keepalive: true })
        .then((response) => (response.ok ? response.json().then(hear) : null))
        .catch(() => null);
    };

    const resume = () => {
      const at = known.position / 1000;
      if (at > 1 && at < player.duration - 2) player.currentTime = at;
    };
    if (player.readyState >= 1) resume();
    else player.addEventListener("loadedmetadata", resume, { once: true });

    player.addEventListener("timeupdate", () => {
      if (player.seeking) return;
      const ahead = player.currentTime - furthest;
      if (ahead > 0 && ahead < 2) furthest = player.currentTime;
      if (!player.paused && Math.abs(player.currentTime - reported) >= EVERY) report();
    });
    player.addEventListener("seeking", () => {
      if (player.currentTime > furthest + 1) player.currentTime = furthest;
    });
    player.addEventListener("ratechange", () => {
      if (furthest !== Infinity && player.playbackRate > 1) player.playbackRate = 1;
    });
    for (const what of ["play", "pause", "ended"]) player.addEventListener(what, report);
    window.addEventListener("pagehide", () => {
      if (!player.paused) report();
    });
  };
  document.querySelectorAll("[data-watch]").forEach(follow);
})();
