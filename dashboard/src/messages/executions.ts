import type { ActionEffect } from "../api/types";
import { common } from "./common";

/** What an action achieved, by evidence. */
export const effectTexts = {
  helped: "The alerts that fired before resolved and stayed resolved",
  no_better: "Alerts that fired before still fire",
  worse: "The target became worse",
  stalled: "The rollout stopped making progress",
  superseded: "Something else replaced the change",
  resolved_by_person: "Unknown whether it helped: a person resolved the incident",
  gone: "Unknown whether it helped: an alert no longer exists in its source",
  no_data: "Unknown whether it helped: an alert has no data",
  muted: "Unknown whether it helped: an alert is muted",
  unknown_state: "Unknown whether it helped: the state of an alert is no longer known",
  nothing_fired: "Unknown whether it helped: no alert fired by its source's word",
} satisfies Record<ActionEffect, string>;

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
