import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Link, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useNavigate } from "../lib/navigation";
import { externalUrl } from "../lib/paths";

interface PageLinkProps {
  to: string;
  children: ReactNode;
  variant?: LinkProps.Variant;
}

/** A link within the dashboard, followed without a reload. */
export function PageLink({ to, children, variant }: PageLinkProps) {
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

/** A link to another system; plain text if the address is not safe to follow. */
export function ExternalLink({ to, children }: { to: string; children: ReactNode }) {
  const url = externalUrl(to);
  return url ? (
    <Link href={url} external rel="noopener noreferrer">
      {children}
    </Link>
  ) : (
    <>{children}</>
  );
}

/** The way from a list to one of its items, which is the page that is shown. */
export function Breadcrumbs({ list, path, item }: { list: string; path: string; item: string }) {
  const navigate = useNavigate();
  return (
    <BreadcrumbGroup
      items={[
        { text: list, href: path },
        { text: item, href: "#" },
      ]}
      onFollow={(event) => {
        event.preventDefault();
        if (event.detail.href === path) navigate(path);
      }}
    />
  );
}
