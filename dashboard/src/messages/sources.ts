import type { Source } from "../api/types";

const states: Record<Source["state"], string> = {
  never_asked: "Not asked yet",
  works: "Works",
  key_missing: "Key missing",
  refused: "Refused",
  fails: "Fails",
};

const names: Record<string, string> = {
  cloudwatch: "CloudWatch alarms",
  datadog: "Datadog monitors",
  ecs: "Amazon ECS",
  lambda: "AWS Lambda",
  asg: "EC2 Auto Scaling",
  "application-signals": "Application Signals",
  xray: "AWS X-Ray",
  "datadog-services": "Datadog service catalog",
};

export const sources = {
  title: "Sources",
  description: "What the agent asks for alerts and for services, and how that goes.",
  empty: { title: "No sources", body: "None is known to this deployment." },
  name: (name: string) => names[name] ?? name,
  state: (state: Source["state"]) => states[state],
  kind: { alerts: "Alerts", discovery: "Services and calls" },
  never: "never",
  failures: (count: number) => `${count} tries on end failed`,
  ask: "Ask now",
  askOne: (name: string) => `Ask now: ${names[name] ?? name}`,
  asked: (name: string) => `${names[name] ?? name} was asked and answered.`,
  goesOn: (name: string) => `${names[name] ?? name} is being asked; this takes a little longer.`,
  columns: {
    name: "Source",
    kind: "Tells of",
    state: "State",
    succeeded: "Last success",
    asked: "Last asked",
    counts: "Last brought",
    act: "Actions",
  },
} as const;
