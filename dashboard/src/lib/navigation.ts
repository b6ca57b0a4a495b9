/** Where we are and how to go elsewhere, without loading the page anew. */
import { useCallback } from "react";
import { useLocation } from "wouter";
import { resourceIdIn } from "./paths";

export { useSearchParams } from "wouter";

export function usePathname(): string {
  return useLocation()[0];
}

/** The id or name in an address such as /services/NAME. */
export function useResourceId(): string {
  usePathname();
  return resourceIdIn(window.location.pathname);
}

export function useNavigate(): (to: string, options?: { replace?: boolean }) => void {
  const [, go] = useLocation();
  return useCallback((to, options) => go(to, options), [go]);
}
