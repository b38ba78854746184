// Updates relative times while the page is open. Where the reader has chosen no time zone, times of
// day are shown in the browser's. Both locales put the day first, as the server does.
const { lang, dataset } = document.documentElement;
const locale = lang === "fr" ? "fr-CA" : "en-GB";
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const times = [...document.querySelectorAll("time[title]")];
const minutesSince = (time) => Math.floor((Date.now() - new Date(time.dateTime)) / 60000);

const written = (time, month) => {
  const at = new Date(time.dateTime);
  const old = month === "long" || at.getFullYear() !== new Date().getFullYear();
  const text = at.toLocaleString(locale, {
    day: "numeric", month, year: old ? "numeric" : undefined, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return lang === "fr" && month === "short" ? `le ${text.replace(", ", " à ")}` : text;
};
if (!("zone" in dataset)) {
  for (const time of times) {
    time.title = written(time, "long");
    if (minutesSince(time) >= 10080) time.textContent = written(time, "short");
  }
  for (const time of document.querySelectorAll("time[data-minute]")) time.textContent = written(time, "long");
}

const refresh = () => {
  for (const time of times) {
    const minutes = minutesSince(time);
    if (minutes < 1 || minutes >= 1440) continue;
    time.textContent = minutes < 60
      ? relative.format(-minutes, "minute")
      : relative.format(-Math.floor(minutes / 60), "hour");
  }
};
setInterval(() => { if (!document.hidden) refresh(); }, 60000);

// The setup offers the browser's time zone.
const zones = document.querySelector("form[data-offer-zone] select[name=zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones?.querySelector(`[value="${own}"]`)) zones.value = own;
