/** Why the API did not answer what was asked. */

/** What the API, or the way to it, answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }

  /** Nobody answered at all: the connection is gone, or the stack is. */
  get isOffline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

interface Told {
  code?: string;
  message?: string;
  field?: string | null;
}

export function toApiError(status: number, body: unknown): ApiError {
  const told: Told =
    typeof body === "object" && body !== null && "error" in body && typeof body.error === "object" && body.error !== null
      ? body.error
      : {};
  return new ApiError(status, told.code ?? "unknown", told.message ?? `the API answered ${status}`, told.field ?? undefined);
}
