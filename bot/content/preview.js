const search = document.getElementById("search"), boxes = [...document.querySelectorAll("fieldset input")];
const articles = [...document.querySelectorAll("article")];
function find() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of articles) {
    const text = one.textContent.toLowerCase();
    one.hidden = !wanted.every(word => text.includes(word));
  }
  for (const flow of document.querySelectorAll("section")) flow.hidden = !flow.querySelector("article:not([hidden])");
}
function choose() {
  const shown = new Set(boxes.filter(box => box.checked).map(box => box.value));
  for (const phone of document.querySelectorAll(".phone")) phone.hidden = !shown.has(phone.lang);
}
search.addEventListener("input", find);
for (const box of boxes) box.addEventListener("change", choose);
document.getElementById("all").addEventListener("click", () => { boxes.forEach(box => box.checked = true); choose(); });
document.getElementById("none").addEventListener("click", () => {
  boxes.forEach(box => box.checked = box.value === "en"); choose(); });
