// Leaving at once: blank, a neutral title, and this page replaced by our leave address. Works as a link without this.
(() => {
const link = document.querySelector(".leave"), count = document.querySelector("[data-one]");
const title = document.title;
let presses = 0, forget;
const leave = (event) => {
if (event) event.preventDefault();
document.body.hidden = true;
document.title = "…";
location.replace(link.href);
};
link.addEventListener("click", leave);
addEventListener("keydown", (event) => {
if (event.key !== "Shift") { presses = 0; return; }
if (event.repeat) return;
clearTimeout(forget);
forget = setTimeout(() => { presses = 0; count.textContent = ""; }, 5000);
presses += 1;
if (presses === 3) leave();
else count.textContent = presses === 1 ? count.dataset.two : count.dataset.one;
});
addEventListener("pageshow", (event) => {
if (event.persisted) { document.body.hidden = false; document.title = title; presses = 0; }
});
})();
