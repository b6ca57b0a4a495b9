/** A request that the API answered with an error, or did not answer. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 if there was no answer. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** The field of the request that is wrong, if the API names one. */
    readonly field?: string,
  ) {
    super(message);
  }

  /** Whether the API did not answer: there is no connection, or only the proxy answered. */
  get isUnreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

interface ErrorBody {
  code?: string;
  message?: string;
  field?: string | null;
}

/** The error in the body of an answer; a body of another shape, such as a proxy's page, yields a general one. */
export function toApiError(status: number, body: unknown): ApiError {
  const error: ErrorBody =
    typeof body === "object" && body !== null && "error" in body && typeof body.error === "object" && body.error !== null
      ? body.error
      : {};
  return new ApiError(
    status,
    error.code ?? "unknown",
    error.message ?? `The API answered with status ${status}.`,
    error.field ?? undefined,
  );
}
