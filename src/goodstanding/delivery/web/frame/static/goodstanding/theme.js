// Before the first paint, so that a page in the dark does not flash.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme) document.documentElement.dataset.theme = theme;
  } catch { /* a browser that keeps nothing shows the system's theme */ }
})();
