import type { Source } from "../api/types";
import { countOf } from "./common";

const stateNames: Record<Source["state"], string> = {
  never_polled: "Never synced",
  healthy: "Healthy",
  stale: "Not polled lately",
  credentials_missing: "Credentials missing",
  access_denied: "Access denied",
  failing: "Failing",
};

const sourceNames: Record<string, string> = {
  cloudwatch: "CloudWatch alarms",
  datadog: "Datadog monitors",
  ecs: "Amazon ECS",
  lambda: "AWS Lambda",
  asg: "EC2 Auto Scaling",
  "application-signals": "Application Signals",
  xray: "AWS X-Ray",
  "datadog-services": "Datadog service catalog",
};

const sourceName = (name: string) => sourceNames[name] ?? name;

export const sourcesMessages = {
  title: "Sources",
  description: "Systems that the agent polls for alerts and services, and their health.",
  empty: { title: "No sources", body: "This deployment has no sources." },
  name: sourceName,
  state: (state: Source["state"]) => stateNames[state],
  kind: { alerts: "Alerts", discovery: "Services and dependencies" },
  never: "never",
  failures: (count: number) => countOf(count, "consecutive failure"),
  sync: "Sync source",
  syncOf: (name: string) => `Sync source: ${sourceName(name)}`,
  synced: (name: string) => `${sourceName(name)}: sync finished.`,
  syncing: (name: string) => `${sourceName(name)}: sync continues in the background.`,
  columns: {
    name: "Source",
    kind: "Provides",
    state: "State",
    succeeded: "Last success",
    synced: "Last sync",
    counts: "Last sync result",
    buttons: "Actions",
  },
} as const;
