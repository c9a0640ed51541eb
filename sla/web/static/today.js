// Keeps Today fresh: every minute the same page again, and its <main> put in place. Without it the page works as well.
"use strict";

const MINUTE = 60_000;

async function refresh() {
  const main = document.querySelector("main");
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  if (document.hidden || focused?.closest("form")) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [left, top] = [scrollX, scrollY];
    main.replaceChildren(...fresh.querySelector("main").childNodes);
    document.title = fresh.title;
    const link = focused?.getAttribute("href");
    if (link) main.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
    scrollTo({ left, top, behavior: "instant" });
  } catch {
    // The network is away; the time on the page says how old it is. Next minute again.
  }
}

setInterval(refresh, MINUTE);
document.addEventListener("visibilitychange", refresh);
