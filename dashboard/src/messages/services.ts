import type { ServiceHealth, Policy } from "../api/types";
import { countOf } from "./common";
import { formatPercent } from "./format";

type Platform = ServiceHealth["targets"][number]["platform"];

const platformNames: Record<Platform, string> = { ecs: "ECS", eks: "EKS", lambda: "Lambda", asg: "Auto Scaling" };

const autonomyNames: Record<Policy["ceiling"], string> = {
  suggest: "Suggest only, run nothing",
  approve: "Run after approval",
  automatic: "Run automatically, once earned",
};

export function platformName(platform: Platform): string {
  return platformNames[platform];
}

export const servicesMessages = {
  title: "Services",
  description: "Services that the catalog declares or that discovery found.",
  empty: { title: "No services", body: "Declare services in the catalog, or sync a discovery source." },
  filter: "Filter services",
  declared: "Catalog",
  discovered: "Discovery",
  conflicts: (count: number) => countOf(count, "conflict"),
  columns: { name: "Service", owner: "Owner", tier: "Tier", platforms: "Platforms", incidents: "Live incidents", origin: "Origin" },
} as const;

const listed = (names: readonly string[], all: string) => names.join(", ") || all;

export const freezesMessages = {
  title: "Change freezes",
  description: "Periods in which no plan runs, unless an admin lifts the freeze for it.",
  empty: { title: "No change freezes", body: "No change freeze is active or ahead." },
  active: "Active",
  ahead: "Ahead",
  scope: (services: readonly string[], environments: readonly string[]) =>
    `${listed(services, "all services")} in ${listed(environments, "all environments")}`,
  unknown: (names: readonly string[]) =>
    `Not in the catalog: ${names.join(", ")}. Until this is corrected, the freeze covers all services or environments.`,
  columns: { state: "State", reason: "Reason", scope: "Scope", starts: "Starts", ends: "Ends" },
} as const;

export const serviceMessages = {
  facts: {
    owner: "Owner",
    tier: "Tier",
    runbook: "Runbook",
    openRunbook: "Open runbook",
    aliases: "Aliases",
    stacks: "Stacks",
    origin: "Origin",
  },
  calls: { title: "Calls", none: "No known dependencies." },
  calledBy: { title: "Called by", none: "No known callers." },
  discoveredBy: (sources: readonly string[]) => `discovered by ${sources.join(", ")}`,
  declared: "declared",
  conflict: (field: string, declared: string, found: string, source: string) =>
    `${field}: the catalog declares ${declared}, ${source} found ${found}`,
  conflicts: "Catalog and discovery do not agree",
  targets: {
    title: "Targets",
    description: "Resources that plans for this service can change.",
    empty: { title: "No targets", body: "The agent cannot act on this service." },
    name: "Name",
    platform: "Platform",
    scope: "Scope",
    limits: "Limits",
    lastSeen: "Last seen",
    neverSeen: "declared, not discovered",
  },
  incidents: { title: "Live incidents", empty: { title: "No live incidents", body: "All incidents of this service are resolved." } },
  changes: {
    title: "Changes",
    empty: { title: "No changes", body: "No recent deployments or other changes are reported." },
    change: "Change",
    state: "State",
    actor: "Actor",
    time: "Time",
  },
  policies: {
    title: "Autonomy policies",
    description: "What the agent may do to this service without approval. Every other action needs approval.",
    empty: { title: "No autonomy policies", body: "Every action on this service needs approval." },
    add: "Add policy",
    edit: "Edit policy",
    editOf: (action: string, environment: string) => `Edit policy: ${action}, ${environment}`,
    autonomy: (ceiling: Policy["ceiling"]) => autonomyNames[ceiling],
    suspended: (reason: string) => `Suspended: ${reason}`,
    requirements: (confidence: number, outcomes: number) => `${formatPercent(confidence)} confidence, ${countOf(outcomes, "outcome")}`,
    columns: {
      action: "Action",
      environment: "Environment",
      autonomy: "Maximum autonomy",
      requirements: "Requirements",
      updatedBy: "Updated by",
      buttons: "Actions",
    },
    form: {
      title: "Autonomy policy",
      confidence: "Minimum confidence in percent",
      confidenceHelp: "Compared with the 10th percentile, not with the mean.",
      outcomes: "Minimum number of outcomes",
      liftDemotion: "Reason to end the suspension (optional)",
      liftDemotionHelp: "Without a reason, the suspension stays. The reason is in the audit trail.",
      save: "Save policy",
    },
  },
} as const;
