// Keeps Today fresh: every minute, and whenever one comes back to it, the page is asked for again. What has changed is
// put in its place, and everything else stays: the place, the focus, a selection, what is being filled in. Where it
// cannot be brought up to date it says so. Without this the page works as well.
const MINUTE = 60_000;
const PLACES = "places-after-an-action";
const stale = document.querySelector("#stale");
let asking = false;

async function refresh() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const lists = document.querySelector("#lists");
    const headers = { "If-None-Match": lists.dataset.tag };
    const answer = await fetch(location.href.split("#")[0], { headers, credentials: "same-origin", cache: "no-store" });
    if (answer.status === 304) return said("", answer.headers.get("X-As-Of"));
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = fresh && fresh.querySelector("#lists");
    if (!now) return said(answer.redirected || answer.status === 401 ? stale.dataset.gone : stale.dataset.away);
    put(lists, now);
    document.title = fresh.title;
    document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").getAttribute("href");
    said("", fresh.querySelector("#as-of").textContent);
  } catch {
    said(stale.dataset.away); // the network is away, or the service; next minute again
  } finally {
    asking = false;
  }
}

function said(problem, time) {
  if (stale.textContent !== problem) stale.textContent = problem;
  if (time) document.querySelector("#as-of").textContent = time;
}

// The new lists in the place of the old: whatever is the same stays the very element it was, and what one looks at
// stays where it is on the screen.
function put(lists, now) {
  const row = document.activeElement?.closest("#lists tr.row");
  const link = document.activeElement?.getAttribute("href");
  const following = row ? after(row) : [];
  const anchor = row ?? [...lists.querySelectorAll("tr.row, h2")].find((e) => e.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;
  become(lists, now);
  if (row && !lists.contains(document.activeElement)) focusOn([row.id, ...following], link);
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
}

function become(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = new Set([...fresh.children].map((child) => child.id));
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    while (place && gone(place, wanted)) place = removed(place);
    const twin = child.id ? known.get(child.id) : alike(place, child) ? place : null;
    if (!twin) {
      old.insertBefore(child, place);
      continue;
    }
    if (twin === place) place = place.nextSibling;
    else old.insertBefore(twin, place);
    if (twin.nodeType === Node.ELEMENT_NODE) become(twin, child);
    else if (twin.nodeValue !== child.nodeValue) twin.nodeValue = child.nodeValue;
  }
  while (place) place = removed(place);
}

function alike(one, other) {
  return one && one.nodeType === other.nodeType && one.nodeName === other.nodeName && !one.id;
}

function gone(node, wanted) {
  return node.id && !wanted.has(node.id);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// The rows behind one, nearest first, then those before it: where to go on when it is done with.
function after(row) {
  const rows = [...row.closest("tbody").rows];
  const at = rows.indexOf(row);
  return [...rows.slice(at + 1), ...rows.slice(0, at).reverse()].map((other) => other.id);
}

function focusOn(ids, link) {
  const row = ids.map((id) => document.getElementById(id)).find(Boolean);
  const same = link && row?.querySelector(`a[href="${CSS.escape(link)}"]`);
  (same || row?.querySelector(".at-case > a"))?.focus({ preventScroll: true });
  return row;
}

// Where an action is begun, what comes next is kept, for when its row is gone.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".does a")?.closest("tr.row");
  if (row) sessionStorage.setItem(PLACES, JSON.stringify(after(row)));
});
setInterval(refresh, MINUTE);
document.addEventListener("visibilitychange", refresh);
addEventListener("focus", refresh);

// Back from an action: on the same row, or where that was.
const back = location.hash.slice(1);
if (/^c[0-9a-f]{32}-/.test(back)) {
  const places = JSON.parse(sessionStorage.getItem(PLACES) ?? "[]");
  focusOn([back, ...places])?.scrollIntoView({ block: "center", behavior: "instant" });
}
