import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { externalUrl } from "../lib/safeLink";

/** A link out of the dashboard, or plain text where the address is none that may be followed. */
export function ExternalLink({ to, children }: { to: string; children: ReactNode }) {
  const address = externalUrl(to);
  return address ? (
    <Link href={address} external rel="noopener noreferrer">
      {children}
    </Link>
  ) : (
    <>{children}</>
  );
}
