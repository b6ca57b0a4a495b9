import type { ExecutionStatus } from "../../api/types";

const BEFORE_THE_ACT = new Set<ExecutionStatus>(["awaiting", "approved", "running"]);

/** An execution is cancelled before it acts or not at all: what was done is verified, and taken back if need be. */
export function mayBeCancelled(status: ExecutionStatus): boolean {
  return BEFORE_THE_ACT.has(status);
}
