// Shows push messages, and opens the page that one leads to. It handles no requests.
addEventListener("push", (event) => {
  const { title, body, path, tag, lang } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag, lang, icon: "ICON", data: path }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data, location.origin);
  // A path is all that a message has: it never leads to another site.
  if (url.origin !== location.origin) return;
  event.waitUntil((async () => {
    const [open] = await clients.matchAll({ type: "window" });
    if (!open) return clients.openWindow(url);
    await open.focus();
    return open.navigate(url);
  })());
});
