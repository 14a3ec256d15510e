// Times as people read them: Slack's date tokens and the page's own stamps, by Intl, in the reader's zone.
// "Now" always comes in from outside, because the laptop's clock can be moved. No DOM and no clock here.
// Tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting

const DAY = 86_400_000;

/** Where and how to read times: `{ now: unix ms, zone?, locale? }`; zone and locale default to the browser's. */
function part(ms, where, options) {
  return new Intl.DateTimeFormat(where.locale, { timeZone: where.zone, ...options }).format(ms);
}

function dayNumber(ms, zone) {
  const [{ value: month }, , { value: day }, , { value: year }] = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(ms);
  return Math.round(Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY);
}

function sameYear(ms, where) {
  return (
    part(ms, { zone: where.zone, locale: "en-US" }, { year: "numeric" }) ===
    part(where.now, { zone: where.zone, locale: "en-US" }, { year: "numeric" })
  );
}

function relativeDay(ms, where) {
  const days = dayNumber(ms, where.zone) - dayNumber(where.now, where.zone);
  if (Math.abs(days) > 1) return null;
  return new Intl.RelativeTimeFormat(where.locale, { numeric: "auto" }).format(days, "day");
}

function numbers(ms, where) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: where.zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(ms);
  const get = (type) => parts.find((entry) => entry.type === type)?.value ?? "";
  return `${get("year")}-${get("month")}-${get("day")}`;
}

/** "3 minutes ago", "in 2 days": the largest unit that fits. */
export function ago(ms, where) {
  const seconds = Math.round((ms - where.now) / 1000);
  const format = new Intl.RelativeTimeFormat(where.locale, { numeric: "auto" });
  for (const [unit, size] of [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, "second");
}

const LONG = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
const LONG_THIS_YEAR = { weekday: "long", month: "long", day: "numeric" };
const FULL = { month: "long", day: "numeric", year: "numeric" };
const SHORT = { month: "short", day: "numeric", year: "numeric" };

const TOKENS = {
  date_num: numbers,
  date_slash: (ms, where) => part(ms, where, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date_long: (ms, where) => part(ms, where, LONG),
  date_long_full: (ms, where) => part(ms, where, FULL),
  date_long_pretty: (ms, where) => relativeDay(ms, where) ?? part(ms, where, LONG),
  date: (ms, where) => part(ms, where, sameYear(ms, where) ? { month: "long", day: "numeric" } : FULL),
  date_pretty: (ms, where) => relativeDay(ms, where) ?? TOKENS.date(ms, where),
  date_short: (ms, where) => part(ms, where, SHORT),
  date_short_pretty: (ms, where) => relativeDay(ms, where) ?? part(ms, where, SHORT),
  day_divider_pretty: (ms, where) =>
    relativeDay(ms, where) ?? part(ms, where, sameYear(ms, where) ? LONG_THIS_YEAR : LONG),
  time: (ms, where) => part(ms, where, { hour: "numeric", minute: "2-digit" }),
  time_secs: (ms, where) => part(ms, where, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Fills a format such as "{date_short_pretty} at {time}" for a time in unix seconds. Answers null if there is no known
 * token or no usable time; the caller then shows the fallback, as Slack does.
 */
export function formatDate(seconds, format, where) {
  const ms = seconds * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return null;
  let known = false;
  const text = format.replace(/\{(\w+)\}/g, (all, token, at) => {
    if (!Object.hasOwn(TOKENS, token)) return all;
    known = true;
    const written = TOKENS[token](ms, where);
    return at === 0 ? capital(written) : written;
  });
  return known ? text : null;
}

/** Unix ms of a Slack ts ("1763802000.000100"). */
export const tsToMs = (ts) => Math.round(Number.parseFloat(ts) * 1000);

/** "09:05" beside a message. */
export const clockTime = (ms, where) => TOKENS.time(ms, where);

/** "Today", "Friday, 21 November" between days. */
export const dayName = (ms, where) => capital(TOKENS.day_divider_pretty(ms, where));

/** The whole time, for tooltips; null if there is no such time. */
export const fullTime = (ms, where) =>
  Number.isNaN(new Date(ms).getTime())
    ? null
    : part(ms, where, { ...LONG, hour: "numeric", minute: "2-digit", second: "2-digit" });

/** A key that is equal for times on the same day in the reader's zone. */
export const dayKey = (ms, where) => dayNumber(ms, where.zone);
