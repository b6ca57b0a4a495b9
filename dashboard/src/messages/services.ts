import type { ListedService, Policy } from "../api/types";

type Platform = ListedService["targets"][number]["platform"];

const platforms: Record<Platform, string> = { ecs: "ECS", eks: "EKS", lambda: "Lambda", asg: "Auto Scaling" };

const autonomy: Record<Policy["ceiling"], string> = {
  suggest: "Suggest only",
  approve: "Act once approved",
  automatic: "Act by itself, once earned",
};

export const services = {
  title: "Services",
  description: "What is known of each service: declared in the catalog, or discovered.",
  empty: { title: "No services", body: "Declare them in the catalog, or let Sources look for them." },
  find: "Find services",
  found: (count: number) => (count === 1 ? "1 match" : `${count} matches`),
  declared: "Catalog",
  discovered: "Discovery",
  platform: (platform: Platform) => platforms[platform],
  conflicts: (count: number) => (count === 1 ? "1 contradiction" : `${count} contradictions`),
  columns: { name: "Service", owner: "Owner", tier: "Tier", targets: "Runs on", incidents: "Live incidents", known: "Known by" },
  facts: { owner: "Owner", tier: "Tier", runbook: "Runbook", open: "Open runbook", aliases: "Also called", stacks: "Stacks", known: "Known by" },
  calls: { title: "Calls", none: "It calls no service that is known." },
  calledBy: { title: "Called by", none: "No service is known to call it." },
  seen: (sources: readonly string[]) => `seen by ${sources.join(", ")}`,
  asDeclared: "declared",
  contradiction: (field: string, declared: string, found: string, source: string) =>
    `${field}: the catalog says ${declared}, ${source} found ${found}`,
  contradictions: "The catalog and what was found do not agree",
  targets: {
    title: "Targets",
    description: "What a plan for this service may act on.",
    empty: { title: "No targets", body: "Nothing can be done to this service by the agent." },
    name: "Name",
    platform: "Platform",
    place: "Where",
    limits: "Limits",
    found: "Last seen",
    declared: "declared only",
  },
  incidents: { title: "Live incidents", empty: { title: "No live incidents", body: "All is quiet here." } },
  changes: {
    title: "Changes",
    empty: { title: "No changes", body: "No deployment or change was told of lately." },
    what: "Change",
    state: "State",
    who: "By",
    when: "When",
  },
  policies: {
    title: "Autonomy",
    description: "What the agent may do by itself to this service. Everything else is suggested, and done once people approve.",
    empty: { title: "No policy", body: "The agent does nothing by itself here." },
    add: "Add policy",
    edit: "Edit",
    editOne: (what: string) => `Edit the policy for ${what}`,
    autonomy: (ceiling: Policy["ceiling"]) => autonomy[ceiling],
    demoted: (reason: string) => `Taken away: ${reason}`,
    form: {
      title: "What the agent may do",
      action: "Action",
      environment: "Environment",
      ceiling: "At most",
      confidence: "Needs a confidence of at least, in percent",
      confidenceHelp: "Of the 10th percentile, not of the mean.",
      outcomes: "Needs at least this many outcomes",
      keep: "Keep",
    },
    columns: { action: "Action", environment: "Environment", ceiling: "At most", needs: "Once earned by", kept: "Kept by", act: "Actions" },
    needs: (confidence: number, outcomes: number) =>
      `${Math.round(confidence * 100)}% confidence, ${outcomes === 1 ? "1 outcome" : `${outcomes} outcomes`}`,
  },
} as const;
