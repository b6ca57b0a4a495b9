/** OpenID Connect, authorization code with PKCE, at whatever issuer the API names. */
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { type Session, SIGNED_IN } from "./session";

interface Where {
  issuer: string;
  clientId: string;
  scopes: string[];
}

/** Sends the browser to the issuer. */
export async function begin(back: string): Promise<void> {
  await (await manager()).signinRedirect({ state: { back } });
}

/** What the issuer sent the browser back with, and the page that it had left. */
export async function finish(): Promise<{ session: Session; back: unknown }> {
  const user = await (await manager()).signinRedirectCallback();
  const { back } = (user.state ?? {}) as { back?: unknown };
  const endsAt = user.expires_at === undefined ? Date.now() + 3_600_000 : user.expires_at * 1000;
  return { session: { token: user.access_token, endsAt }, back };
}

/** Where signing out ends: at the issuer's own page for it, if it has one. */
export async function end(): Promise<string> {
  const found = await manager();
  const home = `${window.location.origin}/`;
  const { end_session_endpoint: address } = await found.metadataService.getMetadata();
  if (!address) return home;
  const url = new URL(address);
  url.searchParams.set("client_id", found.settings.client_id);
  url.searchParams.set("post_logout_redirect_uri", home);
  // Cognito's name for the same.
  url.searchParams.set("logout_uri", home);
  return url.href;
}

async function manager(): Promise<UserManager> {
  const response = await fetch("/api/sign-in");
  if (!response.ok) throw new Error(`the API answered ${response.status} when asked where to sign in`);
  const where = (await response.json()) as Where;
  return new UserManager({
    authority: where.issuer,
    client_id: where.clientId,
    scope: where.scopes.join(" "),
    redirect_uri: window.location.origin + SIGNED_IN,
    response_type: "code",
    automaticSilentRenew: false,
    // The session keeps the one token that is needed; the rest of what the issuer says is forgotten.
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
  });
}
