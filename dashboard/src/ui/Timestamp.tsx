import { useEffect, useState } from "react";
import { formatLocalTime, formatDuration, formatUtc } from "../lib/format";

/** A moment in the viewer's zone; UTC on hover. */
export function Timestamp({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {formatLocalTime(at)}
    </time>
  );
}

/** How long ago, kept current; the moment itself on hover. */
export function Age({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`${formatLocalTime(since)} (${formatUtc(since)})`}>
      {formatDuration(now - Date.parse(since))}
    </time>
  );
}

/** The present, to ten seconds: one clock for all ages of a page. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
