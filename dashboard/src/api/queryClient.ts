/** How the API is asked: how often again, and what a lost connection does to it. */
import { keepPreviousData, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./apiError";

/** Asked whatever the browser thinks of its connection: only an answer tells, and what somebody decided while
 * there was none fails at once, where it would otherwise be sent whenever the connection is back. */
const WHATEVER_THE_BROWSER_THINKS = { networkMode: "always" } as const;

export const queryClient = new QueryClient({
  defaultOptions: {
    mutations: { ...WHATEVER_THE_BROWSER_THINKS },
    queries: {
      ...WHATEVER_THE_BROWSER_THINKS,
      staleTime: 2_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status >= 500 || error.isOffline),
      placeholderData: keepPreviousData,
      refetchOnWindowFocus: true,
    },
  },
});
