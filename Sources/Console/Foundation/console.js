// The pages work without this. It spares a second click, and opens the printer's dialogue.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
// A page that the browser keeps may be sent again.
window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
