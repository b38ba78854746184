// Updates relative times while the page is open, and shows exact times in the reader's time zone.
const lang = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short" });
const times = [...document.querySelectorAll("time[title]")];
for (const time of times) time.title = exact.format(new Date(time.dateTime));

const refresh = () => {
  for (const time of times) {
    const minutes = Math.floor((Date.now() - new Date(time.dateTime)) / 60000);
    if (minutes < 1 || minutes >= 1440) continue;
    time.textContent = minutes < 60
      ? relative.format(-minutes, "minute")
      : relative.format(-Math.floor(minutes / 60), "hour");
  }
};
setInterval(() => { if (!document.hidden) refresh(); }, 60000);
