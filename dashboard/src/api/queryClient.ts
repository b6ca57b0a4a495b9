/** How the API is queried: when queries repeat, and what a lost connection means for them. */
import { keepPreviousData, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./apiError";

/** How often a page asks for data that changes by itself. */
export const POLL_INTERVAL_MS = 5_000;
/** Poll interval of data that changes rarely or costs more to compute. */
export const SLOW_POLL_INTERVAL_MS = 2 * POLL_INTERVAL_MS;
/** Rows that a list loads at once. */
export const PAGE_SIZE = 50;

const STALE_MS = 2_000;
const MAX_RETRIES = 2;

/** Requests are sent whatever the browser reports about its connection. Otherwise it would hold back a decision
 * that was made offline, and send it later. */
const ALWAYS_SEND = { networkMode: "always" } as const;

export const queryClient = new QueryClient({
  defaultOptions: {
    mutations: { ...ALWAYS_SEND },
    queries: {
      ...ALWAYS_SEND,
      staleTime: STALE_MS,
      retry: (failures, error) => failures < MAX_RETRIES && (!(error instanceof ApiError) || error.status >= 500 || error.isUnreachable),
      placeholderData: keepPreviousData,
      refetchOnWindowFocus: true,
    },
  },
});
