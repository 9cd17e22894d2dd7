// Asks the browser for a passkey, or to make one, and sends its answer with the form. The team's pages alone.
(() => {
if (!window.PublicKeyCredential) return;
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const said = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (keys) => (keys || []).map((key) => ({...key, id: bytes(key.id)}));
const make = async (wanted, mine) => {
wanted.user.id = bytes(wanted.user.id);
wanted.excludeCredentials = named(wanted.excludeCredentials);
if (!mine) wanted.authenticatorSelection.authenticatorAttachment = "cross-platform";
return navigator.credentials.create({publicKey: wanted});
};
const show = async (wanted) => {
wanted.allowCredentials = named(wanted.allowCredentials);
return navigator.credentials.get({publicKey: wanted});
};
const written = (key) => {
const response = {};
for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
if (key.response[name]) response[name] = said(key.response[name]);
}
return JSON.stringify({id: key.id, rawId: said(key.rawId), type: key.type, response, clientExtensionResults: {}});
};
for (const form of document.querySelectorAll("form[data-passkey]")) {
const part = form.closest("[data-scripted]"), problem = part.querySelector("[data-problem]");
part.hidden = false;
for (const other of part.parentNode.querySelectorAll("[data-scriptless]")) other.hidden = true;
form.addEventListener("submit", async (event) => {
event.preventDefault();
problem.textContent = "";
const wanted = JSON.parse(form.dataset.passkey);
wanted.challenge = bytes(wanted.challenge);
try {
const key = await (wanted.user ? make(wanted, form.elements.mine && form.elements.mine.checked) : show(wanted));
form.elements.answer.value = written(key);
} catch (error) {
problem.textContent = problem.dataset.problem;
return;
}
form.submit();
});
}
})();
