// What pages do by themselves: countdowns, keyboard, menus, and saying when they last were true.

const SECOND = 1000;
const SILENCE = 60 * SECOND; // a board that heard nothing for so long says so, whatever the reason

let skew = 0; // how far the reader's clock lies from the server's

const serverNow = () => Date.now() + skew;

const readServerClock = (text) => {
  const told = Date.parse(text);
  if (!Number.isNaN(told)) skew = told - Date.now();
};

// Durations in the two largest units, as the server writes them.
const duration = (seconds, parts = 2) => {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  let rest = Math.max(0, Math.floor(seconds));
  const named = units.map(([size, unit]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return [count, unit];
  });
  while (named.length > 1 && named[0][0] === 0) named.shift();
  return named.slice(0, parts).filter(([count], place) => count || place === 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
};

const ago = (then) => {
  const gap = (serverNow() - then) / SECOND;
  if (Math.abs(gap) < 45) return "just now";
  return gap > 0 ? `${duration(gap, 1)} ago` : `in ${duration(-gap, 1)}`;
};

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// Countdowns: a row turns yellow and red by itself, at the very second the server stored for it.

const WORDS = { breached: "Breached", at_risk: "At risk", on_track: "On track" };

const setState = (row, state) => {
  if (row.dataset.state === state) return;
  row.dataset.state = state;
  const badge = row.querySelector(".state");
  badge.dataset.state = state;
  badge.querySelector("use").setAttribute("href", `#s-${state}`);
  badge.querySelector(".word").textContent = WORDS[state];
  // The counts beside it are the server's: they follow at once instead of at the next turn.
  wake();
};

const tickRow = (row) => {
  const due = Date.parse(row.dataset.due) / SECOND;
  if (Number.isNaN(due)) return;
  const now = Math.floor(serverNow() / SECOND);
  const shown = row.querySelector("[data-countdown]");
  if (shown) write(shown, now <= due ? `in ${duration(due - now)}` : `${duration(now - due)} ago`);
  const risk = Date.parse(row.dataset.risk) / SECOND;
  if (now > due) setState(row, "breached");
  else if (now >= risk) setState(row, "at_risk");
  const goal = row.querySelector("[data-objective]");
  if (!goal) return;
  const passed = now <= due && now > Date.parse(goal.dataset.objective) / SECOND;
  if (goal.hidden !== passed) return;
  goal.hidden = !passed;
  wake();
};

const tick = () => {
  document.querySelectorAll("[data-due]").forEach(tickRow);
  document.querySelectorAll("time[data-ago]").forEach((time) => write(time, ago(Date.parse(time.dateTime))));
  const live = document.querySelector("[data-live]");
  if (!live || live.dataset.live === "stale") return;
  const since = (Date.now() - heard) / SECOND;
  if (Date.now() - heard > SILENCE) stale();
  else write(live, since < 5 ? "Live, just updated" : `Live, updated ${duration(since, 1)} ago`);
};

// How true the page is: when it last heard from the server, and that it does not.

let heard = Date.now();

const tell = (text) => { const teller = document.querySelector("[data-tell]"); if (teller) teller.textContent = text; };

const fresh = () => {
  heard = Date.now();
  const live = document.querySelector("[data-live]");
  if (live?.dataset.live === "stale") tell("Live again.");
  if (live) live.dataset.live = "on";
};

const stale = () => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const since = new Date(heard).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const text = `Not updated since ${since}: the server does not answer. Trying again.`;
  if (live.dataset.live !== "stale") tell(text);
  live.dataset.live = "stale";
  write(live, text);
};

const wake = () => document.querySelectorAll("[data-board][hx-get], [data-bell]").forEach((board) => htmx.trigger(board, "awake"));

// A board that renews itself changes what has changed and nothing else: what somebody has focused, selected or points
// at stays where it is.

const sameKind = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

const renew = (old, made) => {
  if (old.isEqualNode(made)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = made.nodeValue; return; }
  for (const { name } of [...old.attributes]) if (!made.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of made.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  renewChildren(old, made);
};

const renewChildren = (old, made) => {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const child of [...made.childNodes]) {
    const known = child.id ? named.get(child.id) : place && sameKind(place, child) ? place : null;
    if (!known) { old.insertBefore(child, place); continue; }
    if (known === place) place = place.nextSibling;
    else if (known.contains(document.activeElement)) {
      // Moving it would lose the focus: what stands between moves or goes instead.
      while (place && place !== known) { const next = place.nextSibling; old.append(place); place = next; }
      place = known.nextSibling;
    } else old.insertBefore(known, place);
    renew(known, child);
  }
  while (place) { const next = place.nextSibling; place.remove(); place = next; }
};

htmx.defineExtension("renew", {
  isInlineSwap: (style) => style === "renew",
  handleSwap: (style, target, fragment) => {
    if (style !== "renew") return false;
    const at = rows().findIndex((row) => row.contains(document.activeElement));
    renewChildren(target, fragment);
    // The row that was focused has left the board: the next one takes its place.
    if (at >= 0 && document.activeElement === document.body) focusRow(rows()[Math.min(at, rows().length - 1)]);
    return [target];
  },
});

// What scrolls sideways can be scrolled by keys, also after a swap: the server does not know how wide a screen is.
const markScrollers = () => document.querySelectorAll(".table-wrap, pre").forEach((each) => {
  if (each.scrollWidth > each.clientWidth) each.tabIndex = 0; else each.removeAttribute("tabindex");
});

// What is over changes no more, and nobody looks at the bell of a page that is hidden.
document.addEventListener("htmx:beforeRequest", (event) => {
  const asking = event.detail.elt;
  if ((asking.matches("[data-board]") && asking.querySelector("[data-over]")) || (asking.matches("[data-bell]") && document.hidden)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.elt?.closest?.("[data-board]")) return;
  const told = event.detail.xhr?.getResponseHeader("X-Now");
  if (event.detail.successful && told) { readServerClock(told); fresh(); tick(); } else stale();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const title = document.querySelector("[data-title]")?.dataset.title;
  if (title) document.title = document.title.replace(/^.*(?= · )/, () => title);
  if (event.detail.target?.id === "results") {
    const found = event.detail.target.querySelectorAll("a").length;
    document.getElementById("found").textContent = event.detail.target.firstElementChild ? `${found} found` : "";
  }
  markScrollers();
  tick();
});
// A page that was put to sleep comes back true: it asks at once instead of at the next turn.
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
addEventListener("online", wake);
addEventListener("offline", stale);

// Keyboard: j and k move between rows, whose links have the focus, so Enter opens; / searches, g goes places.

const rows = () => [...document.querySelectorAll("tr[data-href]")];

const focusRow = (row) => row?.querySelector("a[href]")?.focus();

const step = (by) => {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  focusRow(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
};

const PLACES = { b: "/board", t: "/tickets", c: "/clients" };
let going = 0;

const typing = (target) => target.closest?.("input, select, textarea, [contenteditable]");

const stepResult = (event) => {
  const places = [document.getElementById("search"), ...document.querySelectorAll("#results a")];
  const at = places.indexOf(document.activeElement);
  if (at < 0 || places.length < 2) return;
  event.preventDefault();
  places[(at + (event.key === "ArrowDown" ? 1 : places.length - 1)) % places.length].focus();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") { closeAll(true); return; }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") stepResult(event);
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500 && PLACES[event.key]) { location.href = PLACES[event.key]; return; }
  going = event.key === "g" ? Date.now() : 0;
  if (event.key === "/") { event.preventDefault(); document.getElementById("search")?.select(); }
  else if (event.key === "?") document.getElementById("help")?.showModal();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else press(event);
});

// A link or a field that names a key is gone to by it.
const press = (event) => {
  const found = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("a")) location.href = found.href; else { found.focus(); found.scrollIntoView({ block: "center" }); }
};

// Menus, the rail of narrow screens, and the results of a search: one open at a time, closed by Escape or a click beside.

const setRail = (open) => {
  const rail = document.getElementById("rail");
  const toggle = document.querySelector("[data-rail]");
  if (!rail || !toggle || rail.hasAttribute("data-open") === open) return;
  rail.toggleAttribute("data-open", open);
  toggle.setAttribute("aria-expanded", String(open));
  if (open) rail.querySelector("nav a")?.focus();
};

const closeAll = (byKey) => {
  const results = document.getElementById("results");
  if (results?.firstElementChild) {
    const inside = results.contains(document.activeElement);
    results.replaceChildren();
    if (byKey && inside) document.getElementById("search").focus();
  } else if (byKey && typing(document.activeElement)) document.activeElement.blur();
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (byKey && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  });
  if (document.getElementById("rail")?.hasAttribute("data-open")) {
    if (byKey) document.querySelector("[data-rail]").focus();
    setRail(false);
  }
};

const markTheme = () => {
  const theme = document.documentElement.dataset.theme ?? "";
  document.querySelectorAll("[data-theme-set]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.themeSet === theme)));
};

const setTheme = (wanted) => {
  if (wanted) document.documentElement.dataset.theme = wanted; else delete document.documentElement.dataset.theme;
  try { if (wanted) localStorage.setItem("theme", wanted); else localStorage.removeItem("theme"); } catch { /* kept for this page only */ }
  markTheme();
};

const openRow = (event, elsewhere) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
  if (elsewhere) open(row.dataset.href); else location.href = row.dataset.href;
};

document.addEventListener("click", (event) => {
  if (!event.target.closest("#rail, [data-rail]")) setRail(false);
  if (!event.target.closest(".search")) document.getElementById("results")?.replaceChildren();
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  const asked = event.target.closest("[data-rail], [data-help], [data-theme-set], [data-copy]");
  if (asked?.matches("[data-rail]")) setRail(!document.getElementById("rail").hasAttribute("data-open"));
  else if (asked?.matches("[data-help]")) { closeAll(false); document.getElementById("help").showModal(); }
  else if (asked?.matches("[data-theme-set]")) setTheme(asked.dataset.themeSet);
  else if (asked) copy(asked);
  else openRow(event, event.metaKey || event.ctrlKey);
});
document.addEventListener("auxclick", (event) => { if (event.button === 1) openRow(event, true); });
document.addEventListener("focusin", (event) => {
  // A menu or a search that somebody has tabbed out of does not stay open over the page.
  if (!event.target.closest(".search")) document.getElementById("results")?.replaceChildren();
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

const copy = (button) => {
  const field = document.querySelector(button.dataset.copy);
  field.select();
  const done = () => { button.textContent = "Copied"; };
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, () => {}); else if (document.execCommand("copy")) done();
};

// A choice in a filter counts at once, and the next page begins where somebody was.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-submit]")) return;
  try { sessionStorage.setItem("focus", `${location.pathname} ${event.target.name}`); } catch { /* the page begins at its top */ }
  event.target.form.requestSubmit();
});
const focusWhereLeft = () => {
  try {
    const [path, name] = (sessionStorage.getItem("focus") ?? "").split(" ");
    sessionStorage.removeItem("focus");
    if (path === location.pathname && name) document.querySelector(`select[data-submit][name="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  } catch { /* the page begins at its top */ }
};

// A GET form leaves what is empty out of the address, so that addresses stay short enough to send to somebody.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  event.target.querySelectorAll("input, select").forEach((input) => { if (!input.value) input.disabled = true; });
});
addEventListener("pageshow", (event) => {
  document.querySelectorAll("form[method=get] :disabled").forEach((input) => { input.disabled = false; });
  // Browsers give a page come back to its last choices; a filter shows those of its address.
  document.querySelectorAll("form.filters").forEach((form) => form.reset());
  if (event.persisted) wake();
});

// A long form that was changed is not left by accident; what is sent is, and a download leaves nothing.
const keeping = document.querySelector("form[data-unkept]");
let unkept = keeping?.dataset.unkept === "changed";
let sending = false;
keeping?.addEventListener("input", () => { unkept = true; });
keeping?.addEventListener("submit", () => { sending = true; });
addEventListener("beforeunload", (event) => {
  if (unkept && !sending) event.preventDefault();
  sending = false;
});

// What is ticked in a folded list is told on its outside, in the words of the list.
document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-picks]");
  const told = list?.querySelector(".picked");
  if (!told) return;
  const ticked = [...list.querySelectorAll("input:checked")].map((each) => each.parentElement.textContent.trim());
  told.textContent = ticked.map((word, place) => (place && word !== word.toUpperCase() && !("names" in list.dataset) ? word[0].toLowerCase() + word.slice(1) : word)).join(", ") || list.dataset.picks;
});

// An address that names something folded away opens it.
const unfold = () => {
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (named && named.matches("details")) { named.open = true; named.querySelector("input")?.focus(); }
};
addEventListener("hashchange", unfold);
document.addEventListener("click", (event) => { if (event.target.closest('a[href^="#"]')) setTimeout(unfold); });

addEventListener("resize", markScrollers);
document.addEventListener("toggle", markScrollers, true);

readServerClock(document.querySelector("meta[name=server-now]")?.content);
markTheme();
focusWhereLeft();
unfold();
markScrollers();
tick();
setInterval(tick, SECOND);
