/** Where we are and how to go elsewhere, without loading the page anew. */
import { useCallback } from "react";
import { useLocation } from "wouter";

export { useParams, useSearchParams } from "wouter";

export function usePath(): string {
  return useLocation()[0];
}

export function useNavigate(): (to: string, options?: { replace?: boolean }) => void {
  const [, go] = useLocation();
  return useCallback((to, options) => go(to, options), [go]);
}
