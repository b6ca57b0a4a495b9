import { useEffect, useState } from "react";
import { local, span, utc } from "../lib/format";

/** A moment in the viewer's zone; UTC on hover. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={utc(at)}>
      {local(at)}
    </time>
  );
}

/** How long ago, kept current; the moment itself on hover. */
export function Age({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`${local(since)} (${utc(since)})`}>
      {span(now - Date.parse(since))}
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
