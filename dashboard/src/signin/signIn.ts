/** Signing in and out. The OpenID Connect client is loaded only when it is needed. */
import { accessToken, endSession, signedInAt, startSession } from "./session";

/** The page that the issuer sends the browser back to. */
const CALLBACK_PATH = "/signed-in";
/** A token that is refused this soon after signing in would be refused again. */
const RETRY_AFTER_MS = 60_000;

let isLeaving = false;

/** Completes a sign-in, uses the stored session, or sends the browser to the issuer. Resolves once a person is
 * signed in; otherwise the browser leaves the page. */
export async function ensureSignedIn(): Promise<void> {
  if (window.location.pathname === CALLBACK_PATH) {
    const { completeSignIn } = await import("./issuer");
    const { accessToken: issued, returnTo } = await completeSignIn(CALLBACK_PATH);
    startSession(issued);
    window.history.replaceState(null, "", safePath(returnTo));
    return;
  }
  if (!accessToken()) await signInAgain();
}

/** Signs in again after the API refused the token, unless it is a new one: that would be an endless loop. */
export async function handleRefusedToken(): Promise<void> {
  if (mayRetrySignIn(signedInAt(), Date.now())) await signInAgain();
}

/** Whether another sign-in can help. Both times are in milliseconds since 1970. */
export function mayRetrySignIn(startedAt: number | undefined, now: number): boolean {
  return startedAt === undefined || now - startedAt > RETRY_AFTER_MS;
}

/** Sends the browser to the issuer, and from there back to the same page. */
async function signInAgain(): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  endSession();
  const { pathname, search } = window.location;
  try {
    const { redirectToIssuer } = await import("./issuer");
    await redirectToIssuer(CALLBACK_PATH, pathname === CALLBACK_PATH ? "/" : pathname + search);
  } catch (error) {
    isLeaving = false;
    throw error;
  }
  // The browser is leaving: callers must not go on with this page.
  await new Promise<never>(() => undefined);
}

export async function signOut(): Promise<void> {
  isLeaving = true;
  endSession();
  const { signOutUrl } = await import("./issuer");
  window.location.assign(await signOutUrl(CALLBACK_PATH));
}

/** A path of this dashboard; "/" for every other address, because the state can be forged. */
export function safePath(returnTo: unknown): string {
  return typeof returnTo === "string" && /^\/(?![/\\])/.test(returnTo) ? returnTo : "/";
}
