import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import type { Execution, ExecutionStatus } from "../api/types";
import { notifyError } from "../lib/notifications";
import { common } from "../messages/common";
import { effectTexts } from "../messages/executions";
import { ActionButton } from "./ActionButton";
import { Timestamp } from "./Timestamp";

/** An execution can be canceled only before it acts: afterwards it is verified and, if needed, rolled back. */
const CANCELABLE = new Set<ExecutionStatus>(["awaiting_approval", "approved", "running"]);

export function executionName({ action, service }: Execution["plan"]): string {
  return `${common.action(action)} ${service}`;
}

/** What the action achieved, with the reason; nothing while the execution runs. */
export function ExecutionResult({ effect, result }: Pick<Execution, "effect" | "result">) {
  if (!result) return null;
  return (
    <>
      {effect && <Box>{effectTexts[effect]}</Box>}
      <Box color={effect ? "text-body-secondary" : "inherit"}>{result}</Box>
    </>
  );
}

/** What an execution did so far, oldest step first. */
export function ExecutionSteps({ steps }: Pick<Execution, "steps">) {
  return (
    <>
      {steps.map(({ at, status, text, actor }) => (
        <div key={`${at} ${status} ${text}`}>
          <Timestamp at={at} /> {text}
          {actor && ` (${actor})`}
        </div>
      ))}
    </>
  );
}

interface CancelExecutionButtonProps {
  execution: Execution;
  label: string;
  variant: "normal" | "inline-link";
}

/** Cancels an execution; nothing if it can no longer be canceled. */
export function CancelExecutionButton({ execution: { id, status }, label, variant }: CancelExecutionButtonProps) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => unwrap(api.POST("/api/executions/{execution_id}/cancel", { params: { path: { execution_id: id } } })),
    onSuccess: () => client.invalidateQueries(),
    onError: notifyError,
  });
  if (!CANCELABLE.has(status)) return null;
  return (
    <ActionButton requires="operator" variant={variant} label={label} loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {common.cancelExecution}
    </ActionButton>
  );
}
