/** Every query of the pages. The browser's cache sends the ETag, so that unchanged data costs a 304. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import { PAGE_SIZE, POLL_INTERVAL_MS, SLOW_POLL_INTERVAL_MS } from "./queryClient";
import type { Action, IncidentStatus, Severity, Symptom } from "./types";

/** How long data that a page asks for once, rather than polls, counts as current. */
const STALE_MS = 30_000;
/** Half-life of learned confidence. */
const CONFIDENCE_HISTORY_DAYS = 90;
const CONFIDENCE_LIMIT = 100;

const FIRST_PAGE = null as string | null;
const nextPage = ({ cursor }: { cursor: string | null }) => cursor;

export type IncidentFilter = {
  status?: IncidentStatus;
  severity?: Severity;
  service?: string;
  environment?: string;
  text?: string;
};

export type ConfidenceFilter = {
  symptom?: Symptom;
  action?: Action;
  service?: string;
};

export function useIncidents(filter: IncidentFilter) {
  return useInfiniteQuery({
    queryKey: ["incidents", filter],
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/api/incidents", { params: { query: { ...filter, limit: PAGE_SIZE, cursor } } })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextPage,
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useOverview() {
  return useQuery({
    queryKey: ["overview"],
    queryFn: () => unwrap(api.GET("/api/overview")),
    refetchInterval: SLOW_POLL_INTERVAL_MS,
  });
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

export function useSimilarIncidents(id: string) {
  return useQuery({
    queryKey: ["similar", id],
    queryFn: () => unwrap(api.GET("/api/incidents/{incident_id}/similar", { params: { path: { incident_id: id } } })),
    staleTime: STALE_MS,
  });
}

export function useTopology() {
  return useQuery({ queryKey: ["topology"], queryFn: () => unwrap(api.GET("/api/topology")), staleTime: STALE_MS });
}

/** The plan of a suggestion, read from its target now: it is neither retried nor shown from before. */
export function usePlan(suggestionId: string, target: string) {
  return useQuery({
    queryKey: ["plan", suggestionId, target],
    queryFn: () =>
      unwrap(
        api.GET("/api/suggestions/{suggestion_id}/plan", { params: { path: { suggestion_id: suggestionId }, query: { target } } }),
      ),
    staleTime: 0,
    retry: false,
    placeholderData: undefined,
  });
}

export function useExecutions() {
  return useInfiniteQuery({
    queryKey: ["executions"],
    queryFn: ({ pageParam: cursor }) => unwrap(api.GET("/api/executions", { params: { query: { limit: PAGE_SIZE, cursor } } })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextPage,
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useAutomation() {
  return useQuery({
    queryKey: ["automation"],
    queryFn: () => unwrap(api.GET("/api/automation")),
    refetchInterval: SLOW_POLL_INTERVAL_MS,
  });
}

export function useSilences(ended: boolean) {
  return useQuery({
    queryKey: ["silences", ended],
    queryFn: () => unwrap(api.GET("/api/silences", { params: { query: { ended } } })),
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useServices() {
  return useQuery({
    queryKey: ["services"],
    queryFn: () => unwrap(api.GET("/api/services")),
    refetchInterval: SLOW_POLL_INTERVAL_MS,
  });
}

/** A service; while another one loads, the previous one is not shown in its place. */
export function useService(name: string) {
  return useQuery({
    queryKey: ["service", name],
    queryFn: () => unwrap(api.GET("/api/services/{name}", { params: { path: { name } } })),
    refetchInterval: SLOW_POLL_INTERVAL_MS,
    placeholderData: undefined,
  });
}

export function useFreezes() {
  return useQuery({ queryKey: ["freezes"], queryFn: () => unwrap(api.GET("/api/freezes")) });
}

export function usePolicies() {
  return useQuery({ queryKey: ["policies"], queryFn: () => unwrap(api.GET("/api/policies")) });
}

export function useConfidence(filter: ConfidenceFilter) {
  const query = { ...filter, limit: CONFIDENCE_LIMIT, days: CONFIDENCE_HISTORY_DAYS };
  return useQuery({
    queryKey: ["confidence", filter],
    queryFn: () => unwrap(api.GET("/api/confidence", { params: { query } })),
    refetchInterval: SLOW_POLL_INTERVAL_MS,
  });
}

export function useSources() {
  return useQuery({
    queryKey: ["sources"],
    queryFn: () => unwrap(api.GET("/api/sources")),
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useAuditTrail(actor: string, target: string) {
  return useInfiniteQuery({
    queryKey: ["audit", actor, target],
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/api/audit", { params: { query: { actor, target, limit: PAGE_SIZE, cursor } } })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextPage,
    refetchInterval: POLL_INTERVAL_MS,
  });
}

export function useQuarantine() {
  return useInfiniteQuery({
    queryKey: ["quarantine"],
    queryFn: ({ pageParam: cursor }) => unwrap(api.GET("/api/quarantine", { params: { query: { limit: PAGE_SIZE, cursor } } })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextPage,
    refetchInterval: POLL_INTERVAL_MS,
  });
}
