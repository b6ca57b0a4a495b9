/** Who is signed in, until the tab is closed or the token ends. Signing in itself is loaded when it is needed. */

export const SIGNED_IN = "/signed-in";
const KEY = "cloudops.session";
/** Milliseconds before its end from which a token is not used any more. */
const SPARE = 30_000;
/** Milliseconds in which a token that was just given and is not taken says that another would not be either. */
const JUST_SIGNED_IN = 60_000;

export interface Session {
  token: string;
  /** Milliseconds since 1970. */
  endsAt: number;
  /** Milliseconds since 1970. */
  startedAt?: number;
}

let leaving = false;

/** The token for the API, while it is good. */
export function accessToken(): string | undefined {
  const { token, endsAt } = kept();
  return token && Date.now() < endsAt - SPARE ? token : undefined;
}

/** Finds out who is here: back from the issuer, signed in already, or sent there. Resolves once somebody is
 * signed in; the page is left otherwise. */
export async function establish(): Promise<void> {
  if (window.location.pathname === SIGNED_IN) {
    const { finish } = await import("./issuer");
    const { session, back } = await finish();
    sessionStorage.setItem(KEY, JSON.stringify({ ...session, startedAt: Date.now() }));
    window.history.replaceState(null, "", safePath(back));
    return;
  }
  if (!accessToken()) await signInAgain();
}

/** The API does not take the token: to the issuer, unless we come from there, which would go round in a circle. */
export async function tokenRefused(): Promise<void> {
  if (isWorthAnother(kept().startedAt, Date.now())) await signInAgain();
}

export function isWorthAnother(startedAt: number | undefined, now: number): boolean {
  return startedAt === undefined || now - startedAt > JUST_SIGNED_IN;
}

/** To the issuer, and back to the same page. */
export async function signInAgain(): Promise<void> {
  if (leaving) return;
  leaving = true;
  sessionStorage.removeItem(KEY);
  const { pathname, search } = window.location;
  try {
    const { begin } = await import("./issuer");
    await begin(pathname === SIGNED_IN ? "/" : pathname + search);
  } catch (error) {
    leaving = false;
    throw error;
  }
  // The browser is on its way: nothing of this page is shown any more.
  await new Promise<never>(() => undefined);
}

export async function signOut(): Promise<void> {
  leaving = true;
  sessionStorage.removeItem(KEY);
  const { end } = await import("./issuer");
  window.location.assign(await end());
}

/** A path of this dashboard, whatever somebody put into the state. */
export function safePath(back: unknown): string {
  return typeof back === "string" && /^\/(?![/\\])/.test(back) ? back : "/";
}

function kept(): Session {
  const nobody: Session = { token: "", endsAt: 0 };
  try {
    return { ...nobody, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Session>) };
  } catch {
    return nobody;
  }
}
