import { countOf } from "./common";

export const incidentsMessages = {
  title: "Incidents",
  description: "Related alerts, grouped by probable cause. Newest first.",
  empty: "No incidents",
  emptyBody: "Not receiving alerts? Check Sources.",
  noMatch: "No matching incidents",
  clearFilter: "Clear filter",
  filter: "Filter incidents",
  ingestDemo: "Ingest demo alerts",
  demoIngested: (alerts: number, incidents: number) =>
    `${countOf(alerts, "demo alert")} ${alerts === 1 ? "was" : "were"} added to ${countOf(incidents, "incident")}.`,
  loadMore: "Load older incidents",
  grouped: (alerts: number, incidents: number) => `${countOf(alerts, "alert")} grouped into ${countOf(incidents, "incident")}`,
  lastDay: "Last 24 hours",
  noAlerts: "No alerts in the last 24 hours",
  live: "Live incidents",
  parked: (count: number) => `${countOf(count, "open incident")} parked: kept, but no longer correlated`,
  parkedHelp:
    "A scope has more open incidents than CloudOps correlates. Their own alerts still update and resolve them; new alerts do not join them. Resolve or silence what is known.",
  columns: {
    severity: "Severity",
    status: "Status",
    title: "Incident",
    service: "Probable cause",
    services: "Services",
    alerts: "Alerts",
    age: "Age",
    suggestion: "First suggestion",
  },
  more: (count: number) => `+${count}`,
  unknownService: "unknown",
} as const;
