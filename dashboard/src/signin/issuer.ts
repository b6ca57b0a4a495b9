/** OpenID Connect client: authorization code with PKCE, at the issuer that the API names. */
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { AccessToken } from "./session";

/** Answer of GET /api/sign-in. */
interface SignInSettings {
  issuer: string;
  clientId: string;
  scopes: string[];
}

/** Lifetime of a token whose issuer names none, in milliseconds. */
const DEFAULT_LIFETIME_MS = 3_600_000;

/** Sends the browser to the issuer; `returnTo` is the page to show after the sign-in. */
export async function redirectToIssuer(callbackPath: string, returnTo: string): Promise<void> {
  await (await userManager(callbackPath)).signinRedirect({ state: { returnTo } });
}

/** Exchanges the code in the page's address for a token. `returnTo` is unchecked: the address can be forged. */
export async function completeSignIn(callbackPath: string): Promise<{ accessToken: AccessToken; returnTo: unknown }> {
  const user = await (await userManager(callbackPath)).signinRedirectCallback();
  const { returnTo } = (user.state ?? {}) as { returnTo?: unknown };
  const endsAt = user.expires_at === undefined ? Date.now() + DEFAULT_LIFETIME_MS : user.expires_at * 1000;
  return { accessToken: { token: user.access_token, endsAt }, returnTo };
}

/** The issuer's end-session endpoint, or the start page if it has none. */
export async function signOutUrl(callbackPath: string): Promise<string> {
  const manager = await userManager(callbackPath);
  const home = `${window.location.origin}/`;
  const { end_session_endpoint: endpoint } = await manager.metadataService.getMetadata();
  if (!endpoint) return home;
  const url = new URL(endpoint);
  url.searchParams.set("client_id", manager.settings.client_id);
  url.searchParams.set("post_logout_redirect_uri", home);
  // Cognito's name for the same parameter.
  url.searchParams.set("logout_uri", home);
  return url.href;
}

async function userManager(callbackPath: string): Promise<UserManager> {
  const response = await fetch("/api/sign-in");
  if (!response.ok) throw new Error(`GET /api/sign-in failed with status ${response.status}. Reload the page.`);
  const settings = (await response.json()) as SignInSettings;
  return new UserManager({
    authority: settings.issuer,
    client_id: settings.clientId,
    scope: settings.scopes.join(" "),
    redirect_uri: window.location.origin + callbackPath,
    response_type: "code",
    automaticSilentRenew: false,
    // session.ts stores the access token; everything else that the issuer returns is dropped.
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
  });
}
