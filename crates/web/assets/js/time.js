// Updates relative times while the page is open. Where the reader has chosen no time zone, all times of
// the page are shown in the browser's, written as the server writes them.
const { lang, dataset } = document.documentElement;
const french = lang === "fr";
const locale = french ? "fr-CA" : "en-GB";
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const times = [...document.querySelectorAll("time[title]")];
const minutesSince = (time) => Math.floor((Date.now() - new Date(time.dateTime)) / 60000);

const day = (at, month, year) =>
  at.toLocaleDateString(locale, { day: "numeric", month, year }).replace(/^1 (?=\D)/, french ? "1er " : "$&");
const clock = (at) => {
  const time = at.toTimeString().slice(0, 5);
  return french ? time.replace(/^0?(\d+):/, "$1\u00a0h\u00a0") : time;
};
const offset = (at) => {
  const minutes = -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return minutes ? `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}` : "UTC";
};
const long = (at) => `${day(at, "long", "numeric")}, ${clock(at)} ${offset(at)}`;
const short = (at) => {
  const date = day(at, "short", at.getFullYear() === new Date().getFullYear() ? undefined : "numeric");
  return french ? `le ${date} à ${clock(at)}` : `${date}, ${clock(at)}`;
};
const period = (from, until) => {
  if (!until) return long(from);
  if (from.toDateString() !== until.toDateString()) return `${long(from)} – ${long(until)}`;
  return `${day(from, "long", "numeric")}, ${clock(from)}${french ? " – " : "–"}${clock(until)} ${offset(until)}`;
};
if (!("zone" in dataset)) {
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const { day: isDay, minute, until } = time.dataset;
    if (time.title) {
      time.title = long(at);
      if (minutesSince(time) >= 10080) time.textContent = short(at);
    } else if (minute !== undefined) time.textContent = long(at);
    else if (isDay !== undefined) time.textContent = day(at, "long", "numeric");
    else if (until !== undefined) showPeriod(time, period(at, until && new Date(until)));
  }
}

// By the clocks at the place, and where those of the reader differ, by these.
function showPeriod(time, text) {
  const line = time.parentElement;
  const theirs = line.previousElementSibling;
  if (theirs?.tagName === "DD") {
    if (theirs.textContent === text) theirs.remove();
  } else if (time.textContent !== text) {
    line.before(Object.assign(document.createElement("dd"), { textContent: time.textContent }));
  }
  time.textContent = text;
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
