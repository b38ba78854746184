// Turns push messages on and off in this browser. It asks for permission only after a click.
const on = document.querySelector("form[data-push]");
const off = document.querySelector("form[data-push-end]");
const worker = () => navigator.serviceWorker.register("/sw.js");
const decode = (text) => {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
};

const subscribe = async () => {
  const denied = on.querySelector("[data-denied]");
  denied.hidden = true;
  try {
    if (await Notification.requestPermission() !== "granted") throw new Error("denied");
    await worker();
    const { pushManager } = await navigator.serviceWorker.ready;
    // One made with another key takes no messages of this server.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: decode(on.dataset.push) });
    const { endpoint, keys } = made.toJSON();
    for (const [name, value] of Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth })) {
      on.elements[name].value = value;
    }
    on.submit();
  } catch {
    denied.hidden = false;
  }
};

if (on && navigator.serviceWorker && window.PushManager && window.Notification) {
  const button = on.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", subscribe);
  on.querySelector("[data-unsupported]").hidden = true;
}
off?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe().catch(() => {});
  off.submit();
});
