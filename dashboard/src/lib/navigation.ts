/** The page that is shown: its path, its title, and how to go to another page without a reload. */
import { useCallback, useEffect } from "react";
import { useLocation } from "wouter";
import { common } from "../messages/common";
import { resourceIdIn } from "./paths";

export { useSearchParams } from "wouter";

export function usePathname(): string {
  return useLocation()[0];
}

/** The id or name in a path such as /services/NAME. */
export function useResourceId(): string {
  usePathname();
  return resourceIdIn(window.location.pathname);
}

export function useNavigate(): (to: string, options?: { replace?: boolean }) => void {
  const [, go] = useLocation();
  return useCallback((to, options) => go(to, options), [go]);
}

/** Sets the title of the browser's tab; undefined leaves it unchanged. */
export function useDocumentTitle(page: string | undefined): void {
  useEffect(() => {
    if (page !== undefined) document.title = `${page} · ${common.product}`;
  }, [page]);
}
