/** Times, durations and shares as text. Times are in the viewer's time zone or in UTC. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The two largest units of a duration: "59 s", "3 min", "2 h 5 min", "4 d 1 h". */
export function formatDuration(milliseconds: number): string {
  const duration = Math.max(0, milliseconds);
  if (duration < MINUTE_MS) return `${Math.floor(duration / 1000)} s`;
  if (duration < HOUR_MS) return `${Math.floor(duration / MINUTE_MS)} min`;
  if (duration < DAY_MS) return join(Math.floor(duration / HOUR_MS), "h", Math.floor((duration % HOUR_MS) / MINUTE_MS), "min");
  return join(Math.floor(duration / DAY_MS), "d", Math.floor((duration % DAY_MS) / HOUR_MS), "h");
}

function join(count: number, unit: string, rest: number, smallerUnit: string): string {
  return rest ? `${count} ${unit} ${rest} ${smallerUnit}` : `${count} ${unit}`;
}

/** A time in the viewer's zone, without the date if it is today's. */
export function formatLocalTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  const isToday = time.toDateString() === now.toDateString();
  return isToday
    ? time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : time.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** A time in UTC, to the second. */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A share between 0 and 1 as a whole percentage. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
