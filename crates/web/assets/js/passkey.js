// Asks the device for a passkey (WebAuthn), and sends what it answers with the form. What exists is asked for at
// once; where the browser wants a press of a button first, the button is there.
const form = document.querySelector("form[data-passkey]");
const decode = (text) => {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
};
const encode = (bytes) => {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const { publicKey } = JSON.parse(form.dataset.options);
publicKey.challenge = decode(publicKey.challenge);
if (publicKey.user) publicKey.user.id = decode(publicKey.user.id);
for (const list of [publicKey.allowCredentials, publicKey.excludeCredentials]) {
  for (const key of list ?? []) key.id = decode(key.id);
}
const button = form.querySelector("[data-ask]");
const failed = form.querySelector("[data-failed]");
const ask = async () => {
  failed.hidden = true;
  try {
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = encode(made.response[name]);
    }
    const { id, type } = made;
    form.elements.credential.value = JSON.stringify({ id, type, rawId: encode(made.rawId), response });
    form.submit();
  } catch {
    // Closed, too late, no such passkey, or already there: browsers do not say which.
    failed.hidden = false;
  }
};
if (window.PublicKeyCredential) {
  button.hidden = false;
  button.addEventListener("click", ask);
  if (form.dataset.passkey === "get") ask();
} else {
  form.querySelector("[data-unsupported]").hidden = false;
}
