// Leaving at once: blank, a neutral title, and this page replaced by our leave address. Works as a link without this.
// Her space is asked for again when Back brings a page that the browser kept whole: a session may have ended since.
(() => {
const link = document.querySelector(".leave"), count = document.querySelector("[data-one]");
const title = document.title, hers = /^\/..\/m\//.test(location.pathname);
let presses = 0, forget;
const leave = (event) => {
if (event) event.preventDefault();
document.body.hidden = true;
document.title = "…";
location.replace(link.href);
};
for (const one of document.querySelectorAll(`a[href="${link.getAttribute("href")}"]`)) one.addEventListener("click", leave);
addEventListener("keydown", (event) => {
if (event.key !== "Shift") { presses = 0; return; }
if (event.repeat) return;
clearTimeout(forget);
forget = setTimeout(() => { presses = 0; count.textContent = ""; }, 5000);
presses += 1;
if (presses === 3) leave();
else count.textContent = presses === 1 ? count.dataset.two : count.dataset.one;
});
addEventListener("pagehide", () => { if (hers) document.body.hidden = true; });
addEventListener("pageshow", (event) => {
if (!event.persisted) return;
if (hers) location.reload();
else { document.body.hidden = false; document.title = title; presses = 0; }
});
})();
