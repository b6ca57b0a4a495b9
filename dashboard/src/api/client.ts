/** The client of the API at the same origin, typed by its OpenAPI document. */
import createClient, { type Middleware } from "openapi-fetch";
import { accessToken } from "../signin/session";
import { handleRefusedToken } from "../signin/signIn";
import { ApiError, toApiError } from "./apiError";
import { setReachable } from "./reachability";
import type { paths } from "./schema";

const authorization: Middleware = {
  onRequest({ request }) {
    const token = accessToken();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
  onResponse({ response }) {
    setReachable(response.status !== 502 && response.status !== 504);
    // The request fails with the 401 too, so that its error is shown if the sign-in does not work either.
    if (response.status === 401) handleRefusedToken().catch(() => undefined);
  },
  onError() {
    setReachable(false);
    return new ApiError(0, "offline", "The dashboard cannot reach the API. Check your connection.");
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(authorization);

interface Answer {
  error?: unknown;
  response: Response;
}

/** Returns the body of an answer. Throws an ApiError if the API did not answer with one. */
export async function unwrap<T>(request: Promise<Answer & { data?: T }>): Promise<T> {
  const { data, error, response } = await request;
  if (!response.ok || data === undefined) throw toApiError(response.status, error);
  return data;
}

/** Waits for an answer without a body. Throws an ApiError if the request failed. */
export async function expectNoContent(request: Promise<Answer>): Promise<void> {
  const { error, response } = await request;
  if (!response.ok) throw toApiError(response.status, error);
}
