// The page asks the signing software on the citizen's computer: what the portal sees is certificate and signature.
// Without this script both are pasted into the same forms.
"use strict";

const PLACE = "usb-agent";

async function ask(agent, question) {
  const reply = await fetch(agent, { method: "POST", body: JSON.stringify(question) });
  return reply.json();
}

function tell(form, sentence) {
  const place = form.querySelector("[data-problem]");
  place.textContent = sentence;
  place.hidden = sentence === "";
}

function choice(form, one) {
  const label = document.createElement("label");
  const radio = document.createElement("input");
  label.className = "certificate";
  radio.type = "radio";
  radio.name = "usb";
  radio.addEventListener("change", () => {
    form.elements.certificate.value = one.certificate;
  });
  label.append(radio, `${one.subject} · ${one.serial} · ${one.token_label}`);
  return label;
}

async function list(form) {
  const agent = form.querySelector("[data-agent]").value;
  localStorage.setItem(PLACE, agent);
  tell(form, "");
  try {
    const told = await ask(agent, { op: "list" });
    if (told.error) return tell(form, told.message);
    const place = form.querySelector("[data-certificates]");
    place.replaceChildren(place.firstElementChild, ...told.certificates.map((one) => choice(form, one)));
    place.hidden = false;
    if (told.certificates.length === 0) tell(form, "Không có USB token nào trong máy tính.");
  } catch (problem) {
    tell(form, "Không gọi được phần mềm ký số trên máy tính này: kiểm tra địa chỉ và bật phần mềm.");
  }
}

async function sign(form) {
  const agent = localStorage.getItem(PLACE);
  if (!agent) return;
  const { serial, digest } = form.dataset;
  const bytes = digest.match(/../g).map((pair) => String.fromCharCode(parseInt(pair, 16)));
  try {
    const told = await ask(agent, { op: "sign", serial, digest: btoa(bytes.join("")) });
    form.elements.signature.value = told.signature ?? "";
    form.elements.error.value = told.error ?? "";
    form.submit();
  } catch (problem) {
    tell(form, "Mất liên lạc với phần mềm ký số: hồ sơ chưa được ký.");
  }
}

for (const form of document.querySelectorAll("[data-token=pick]")) {
  form.querySelector("[data-usb]").hidden = false;
  form.querySelector("[data-agent]").value = localStorage.getItem(PLACE) ?? "";
  form.querySelector("[data-read]").addEventListener("click", () => list(form));
}
for (const form of document.querySelectorAll("[data-token=sign]")) sign(form);
