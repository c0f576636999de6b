// What pages do by themselves: countdowns, keyboard, menus, and saying when they last were true.

const SECOND = 1000;
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

const WORDS = { breached: "Breached", at_risk: "At risk", on_track: "On track" };

const setState = (row, state) => {
  if (row.dataset.state === state) return false;
  row.dataset.state = state;
  const badge = row.querySelector(".state");
  if (badge) {
    badge.dataset.state = state;
    badge.querySelector("use").setAttribute("href", `#s-${state}`);
    badge.querySelector(".word").textContent = WORDS[state];
  }
  return true;
};

// A row turns yellow and red by itself, at the very instants the server stored for it.
const tickRow = (row) => {
  const due = Date.parse(row.dataset.due);
  if (Number.isNaN(due)) return;
  const left = (due - serverNow()) / SECOND;
  const shown = row.querySelector("[data-countdown]");
  if (shown) shown.textContent = left >= 0 ? `in ${duration(left)}` : `${duration(-left)} ago`;
  const risk = Date.parse(row.dataset.risk);
  if (left < 0) setState(row, "breached");
  else if (!Number.isNaN(risk) && serverNow() >= risk) setState(row, "at_risk");
};

const tick = () => {
  document.querySelectorAll("[data-due]").forEach(tickRow);
  document.querySelectorAll("time[data-ago]").forEach((time) => { time.textContent = ago(Date.parse(time.dateTime)); });
  document.querySelectorAll("[data-live]").forEach((live) => {
    const since = (Date.now() - Number(live.dataset.at)) / SECOND;
    if (live.dataset.live === "stale") return;
    live.textContent = since < 5 ? "Live, just updated" : `Live, updated ${duration(since, 1)} ago`;
  });
};

const fresh = () => document.querySelectorAll("[data-live]").forEach((live) => {
  live.dataset.at = Date.now();
  live.dataset.live = "on";
});

const stale = () => document.querySelectorAll("[data-live]").forEach((live) => {
  const since = new Date(Number(live.dataset.at));
  live.dataset.live = "stale";
  live.textContent = `Not updated since ${since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}: the server does not answer. Trying again.`;
});

// Rows: j and k move, Enter opens; the chosen row stays chosen when the board renews itself.

let chosen = "";
const rows = () => [...document.querySelectorAll("tr[data-href]")];

const choose = (row) => {
  rows().forEach((each) => each.removeAttribute("aria-selected"));
  if (!row) return;
  row.setAttribute("aria-selected", "true");
  chosen = row.dataset.href;
  row.scrollIntoView({ block: "nearest" });
};

const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.dataset.href === chosen);
  choose(all[Math.min(all.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))]);
};

const PLACES = { b: "/board", t: "/tickets", c: "/clients" };
let going = 0;

const typing = (target) => target.closest?.("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { menu.open = false; });
    closeRail();
    const results = document.getElementById("results");
    if (results) results.replaceChildren();
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500 && PLACES[event.key]) { location.href = PLACES[event.key]; return; }
  going = event.key === "g" ? Date.now() : 0;
  if (event.key === "/") { event.preventDefault(); document.getElementById("search")?.focus(); }
  else if (event.key === "?") document.getElementById("help")?.showModal();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Enter" && event.target === document.body && chosen && rows().some((row) => row.dataset.href === chosen)) location.href = chosen;
});

const closeRail = () => {
  document.getElementById("rail")?.removeAttribute("data-open");
  document.querySelector("[data-rail]")?.setAttribute("aria-expanded", "false");
};

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-rail]");
  if (toggle) {
    const rail = document.getElementById("rail");
    const open = !rail.hasAttribute("data-open");
    rail.toggleAttribute("data-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    if (open) rail.querySelector("nav a")?.focus();
    return;
  }
  if (!event.target.closest("#rail")) closeRail();
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  if (event.target.closest("[data-help]")) document.getElementById("help")?.showModal();
  const theme = event.target.closest("[data-theme-set]");
  if (theme) {
    const wanted = theme.dataset.themeSet;
    if (wanted) document.documentElement.dataset.theme = wanted; else delete document.documentElement.dataset.theme;
    try { if (wanted) localStorage.setItem("theme", wanted); else localStorage.removeItem("theme"); } catch { /* kept for this page only */ }
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(document.querySelector(copy.dataset.copy).value).then(() => { copy.textContent = "Copied"; });
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, select, label, summary") && !String(getSelection())) {
    if (event.metaKey || event.ctrlKey) open(row.dataset.href); else location.href = row.dataset.href;
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A GET form leaves what is empty out of the address, so that addresses stay short enough to send to somebody.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  event.target.querySelectorAll("input, select").forEach((input) => { if (!input.value) input.disabled = true; });
});
addEventListener("pageshow", () => document.querySelectorAll("form[method=get] :disabled").forEach((input) => { input.disabled = false; }));

document.addEventListener("htmx:afterRequest", (event) => {
  const answer = event.detail.xhr;
  if (!event.detail.elt?.closest?.("[data-board]")) return;
  if (answer && (answer.status === 200 || answer.status === 304)) {
    readServerClock(answer.getResponseHeader("X-Now") ?? "");
    fresh();
  } else stale();
});
document.addEventListener("htmx:sendError", (event) => { if (event.detail.elt?.closest?.("[data-board]")) stale(); });
document.addEventListener("htmx:afterSwap", () => {
  const row = rows().find((each) => each.dataset.href === chosen);
  if (row) row.setAttribute("aria-selected", "true");
  tick();
});
// A page that was put to sleep comes back true: it asks at once instead of at the next turn.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[data-board]").forEach((board) => htmx.trigger(board, "awake"));
});

readServerClock(document.querySelector("meta[name=server-now]")?.content);
fresh();
tick();
setInterval(tick, SECOND);
