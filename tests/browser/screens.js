// What a demanding eye would object to on the page as it stands: a list of sentences.
(phone) => {
  const complaints = [];
  const complain = (sentence) => complaints.includes(sentence) || complaints.push(sentence);
  const named = (element) => `<${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}> “${(element.innerText || element.value || "").trim().slice(0, 40)}”`;
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && getComputedStyle(element).visibility === "visible";
  };
  const scrolls = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX)) return true;
    return false;
  };
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one), colour = channels(style.backgroundColor);
      if (style.backgroundImage !== "none") return null;
      if (colour.length === 3 || colour[3] === 1) return colour;
      if (colour[3] > 0) return null;
    }
    return [255, 255, 255];
  };

  if (document.documentElement.scrollWidth > innerWidth) complain(`the page is ${document.documentElement.scrollWidth} wide on a screen of ${innerWidth}`);
  if (document.documentElement.lang !== "vi") complain("the page does not say that it is Vietnamese");
  for (const element of document.body.querySelectorAll("*")) {
    if (!seen(element) || element.closest("svg, datalist")) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.right > innerWidth + 1 && !scrolls(element)) complain(`${named(element)} reaches ${Math.round(box.right)} of ${innerWidth}`);
    const pressed = element.matches("button:not(.link), .button, select, input:not([type=hidden], [type=radio], [type=checkbox])");
    if (phone && pressed && box.height < 44) complain(`${named(element)} is ${Math.round(box.height)} high, too low for a finger`);
    const writes = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!writes || element.disabled || element.closest(":disabled")) continue;
    const under = ground(element), size = parseFloat(style.fontSize);
    if (size < 11.5) complain(`${named(element)} is written in ${size} px`);
    if (!under) continue;
    const [a, b] = [light(channels(style.color)), light(under)], contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) complain(`${named(element)} has a contrast of ${contrast.toFixed(1)}`);
  }
  return complaints;
}
