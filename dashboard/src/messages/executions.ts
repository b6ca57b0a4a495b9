export const executions = {
  title: "Executions",
  description: "Everything that was carried out, or waits to be, newest first.",
  empty: { title: "No executions", body: "Nothing was approved yet: approve a suggestion's plan on its incident." },
  more: "Load older executions",
  cancel: "Cancel",
  cancelOne: (what: string) => `Cancel ${what}`,
  incident: "Incident",
  open: "Open incident",
  agent: "the agent, by earned autonomy",
  approvedBy: (people: readonly string[], needed: number) =>
    `${people.join(", ") || "nobody"}${people.length < needed ? ` (${people.length} of ${needed})` : ""}`,
  steps: (count: number) => (count === 1 ? "1 step" : `${count} steps`),
  columns: {
    status: "Status",
    what: "What",
    target: "On",
    requested: "Begun by",
    approvals: "Approved by",
    created: "Begun",
    result: "Result",
    act: "Actions",
  },
} as const;
