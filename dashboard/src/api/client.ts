/** The API of the same origin, typed by its OpenAPI document; every error becomes a Problem. */
import createClient, { type Middleware } from "openapi-fetch";
import { accessToken, tokenRefused } from "../signin/session";
import { noteReached } from "./reach";
import type { paths } from "./schema";

/** What the API, or the way to it, answered instead of what was asked for. */
export class Problem extends Error {
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

const authorised: Middleware = {
  onRequest({ request }) {
    const token = accessToken();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
  onResponse({ response }) {
    noteReached(response.status !== 502 && response.status !== 504);
    // What was asked fails with the 401 as well, so that nothing is lost where signing in does not work either.
    if (response.status === 401) tokenRefused().catch(() => undefined);
  },
  onError() {
    noteReached(false);
    return new Problem(0, "offline", "the dashboard cannot reach the API");
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(authorised);

/** The body of an answer, or its Problem thrown. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok || data === undefined) throw problemOf(response.status, error);
  return data;
}

interface Told {
  code?: string;
  message?: string;
  field?: string | null;
}

export function problemOf(status: number, body: unknown): Problem {
  const told: Told =
    typeof body === "object" && body !== null && "error" in body && typeof body.error === "object" && body.error !== null
      ? body.error
      : {};
  return new Problem(status, told.code ?? "unknown", told.message ?? `the API answered ${status}`, told.field ?? undefined);
}
