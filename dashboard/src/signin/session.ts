/** The session: the access token of the signed-in person, kept until the tab is closed or the token expires. */

const STORAGE_KEY = "cloudops.session";
/** A token is not used in the last part of its life, so that it does not expire on the way to the API. */
const EXPIRY_MARGIN_MS = 30_000;

export interface AccessToken {
  token: string;
  /** Milliseconds since 1970. */
  endsAt: number;
}

interface Session extends AccessToken {
  /** When the person signed in, in milliseconds since 1970. */
  startedAt?: number;
}

/** The token for the API, or undefined where there is none or it expires within seconds. */
export function accessToken(): string | undefined {
  const { token, endsAt } = storedSession();
  return token && Date.now() < endsAt - EXPIRY_MARGIN_MS ? token : undefined;
}

/** When the person signed in, in milliseconds since 1970; undefined without a session. */
export function signedInAt(): number | undefined {
  return storedSession().startedAt;
}

export function startSession(accessToken: AccessToken): void {
  const session: Session = { ...accessToken, startedAt: Date.now() };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(session));
}

export function endSession(): void {
  sessionStorage.removeItem(STORAGE_KEY);
}

function storedSession(): Session {
  const signedOut: Session = { token: "", endsAt: 0 };
  try {
    return { ...signedOut, ...(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "{}") as Partial<Session>) };
  } catch {
    return signedOut;
  }
}
