import { useEffect, useState } from "react";
import { formatDuration, formatLocalTime, formatUtc } from "../messages/format";

const REFRESH_INTERVAL_MS = 10_000;

/** A time in the viewer's zone; UTC on hover. */
export function Timestamp({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {formatLocalTime(at)}
    </time>
  );
}

/** How long ago a time was, kept current; the time itself on hover. */
export function Age({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`${formatLocalTime(since)} (${formatUtc(since)})`}>
      {formatDuration(now - Date.parse(since))}
    </time>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REFRESH_INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
