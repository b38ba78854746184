// Keeps the number of notices current while the page is visible: the server's stream of events says when it has
// changed, and where there is no stream, it is asked for every minute. A screen reader hears of a higher one.
const links = document.querySelectorAll("a[href='/notices']:has(> svg)");
const link = document.querySelector("[data-unseen]");
const title = document.title;
const live = Object.assign(document.createElement("p"), { className: "sr-only" });
live.setAttribute("role", "status");
document.body.append(live);
let shown = Number(link.dataset.unseen);
let stream;
let timer;
let ended = false;

const show = ({ unseen, number, words }) => {
  if (unseen === shown) return;
  for (const one of links) {
    one.querySelector("b")?.remove();
    if (!unseen) continue;
    const badge = document.createElement("b");
    for (const [text, name, value] of [[number, "aria-hidden", "true"], [words, "class", "sr-only"]]) {
      const span = document.createElement("span");
      span.textContent = text;
      span.setAttribute(name, value);
      badge.append(span);
    }
    one.append(badge);
  }
  document.title = unseen ? `(${number}) ${title}` : title;
  if (unseen > shown) {
    live.textContent = `${link.querySelector(".sr-only").textContent}, ${words}`;
    document.querySelector("[data-new]")?.removeAttribute("hidden");
  }
  shown = unseen;
};

const stop = () => {
  clearInterval(timer);
  stream?.close();
  stream = undefined;
};

const ask = async () => {
  const answer = await fetch("/notices/unseen").catch(() => undefined);
  if (answer?.ok) return show(await answer.json());
  // Signed out, or no longer a member: there is nothing more to ask for.
  ended = answer?.status === 401;
  if (ended) stop();
};

const start = () => {
  if (ended || stream || document.hidden) return;
  clearInterval(timer);
  stream = new EventSource("/notices/stream");
  stream.addEventListener("notices", (event) => {
    if (JSON.parse(event.data).unseen !== shown) ask();
  });
  stream.addEventListener("error", ({ target }) => {
    if (target !== stream || target.readyState !== EventSource.CLOSED) return;
    timer = setInterval(ask, 60000);
    ask();
  });
};

document.addEventListener("visibilitychange", () => document.hidden ? stop() : start());
addEventListener("pagehide", stop);
addEventListener("pageshow", start);
