/** The API of the same origin, typed by its OpenAPI document; every error becomes a Problem. */
import createClient, { type Middleware } from "openapi-fetch";
import { accessToken } from "../signin/session";
import { handleRefusedToken } from "../signin/signIn";
import { ApiError, toApiError } from "./apiError";
import { setReachable } from "./reachability";
import type { paths } from "./schema";

const authorised: Middleware = {
  onRequest({ request }) {
    const token = accessToken();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
  onResponse({ response }) {
    setReachable(response.status !== 502 && response.status !== 504);
    // What was asked fails with the 401 as well, so that nothing is lost where signing in does not work either.
    if (response.status === 401) handleRefusedToken().catch(() => undefined);
  },
  onError() {
    setReachable(false);
    return new ApiError(0, "offline", "the dashboard cannot reach the API");
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(authorised);

/** The body of an answer, or its Problem thrown. */
export async function unwrap<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok || data === undefined) throw toApiError(response.status, error);
  return data;
}
