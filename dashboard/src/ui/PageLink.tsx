import Link, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useNavigate } from "../lib/navigation";

/** A link within the dashboard, which does not load the page anew. */
export function PageLink({ to, children, variant }: { to: string; children: ReactNode; variant?: LinkProps.Variant }) {
  const navigate = useNavigate();
  return (
    <Link
      href={to}
      variant={variant}
      onFollow={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Link>
  );
}
