import { common } from "./common";

export const executionsMessages = {
  title: "Executions",
  description: "Runs of plans: waiting for approval, running and finished. Newest first.",
  empty: { title: "No executions", body: "To start one, approve the plan of a suggestion on its incident." },
  loadMore: "Load older executions",
  cancel: (execution: string) => `${common.cancelExecution}: ${execution}`,
  automatic: "agent (autonomy policy)",
  approvedBy: (people: readonly string[], needed: number) =>
    `${people.join(", ") || "-"}${people.length < needed ? ` (${people.length} of ${needed})` : ""}`,
  columns: {
    status: "Status",
    action: "Action",
    target: "Target",
    requestedBy: "Requested by",
    approvedBy: "Approved by",
    created: "Created",
    result: "Result",
    buttons: "Actions",
  },
} as const;
