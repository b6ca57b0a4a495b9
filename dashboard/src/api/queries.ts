/** What the pages ask for and how often. The browser's cache sends the ETag, so what is unchanged costs a 304. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { unwrap, api } from "./client";

/** Milliseconds between two looks at what changes by itself. */
export const POLL_INTERVAL_MS = 5_000;
const SLOW_STALE_MS = 30_000;

const PAGE = 50;

export function useIncidents(filter: IncidentFilter) {
  return useInfiniteQuery({
    queryKey: ["incidents", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/incidents", { params: { query: { ...filter, limit: PAGE, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: POLL_INTERVAL_MS,
  });
}

/** What the list is asked for; what the API cannot filter by is filtered here. */
export interface IncidentFilter {
  status?: "open" | "acknowledged" | "resolved" | "merged";
  severity?: "low" | "medium" | "high" | "critical";
  service?: string;
  environment?: string;
  text?: string;
}

export function useOverview() {
  return useQuery({ queryKey: ["overview"], queryFn: () => unwrap(api.GET("/api/overview")), refetchInterval: POLL_INTERVAL_MS * 2 });
}

export function useIncident(id: string) {
  return useQuery({
    queryKey: ["incident", id],
    queryFn: () => unwrap(api.GET("/api/incidents/{incident_id}", { params: { path: { incident_id: id } } })),
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useIncidentExecutions(id: string) {
  return useQuery({
    queryKey: ["incident-executions", id],
    queryFn: () => unwrap(api.GET("/api/incidents/{incident_id}/executions", { params: { path: { incident_id: id } } })),
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useSimilar(id: string) {
  return useQuery({
    queryKey: ["similar", id],
    queryFn: () => unwrap(api.GET("/api/incidents/{incident_id}/similar", { params: { path: { incident_id: id } } })),
    staleTime: SLOW_STALE_MS,
  });
}

export function useTopology() {
  return useQuery({ queryKey: ["topology"], queryFn: () => unwrap(api.GET("/api/topology")), staleTime: SLOW_STALE_MS });
}

export function useAutomation() {
  return useQuery({ queryKey: ["automation"], queryFn: () => unwrap(api.GET("/api/automation")), refetchInterval: POLL_INTERVAL_MS * 2 });
}
