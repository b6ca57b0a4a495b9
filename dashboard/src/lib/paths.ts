/** Addresses: of the dashboard's pages, and of other systems where they are safe to follow. */

export function incidentPath(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}

export function servicePath(name: string): string {
  return `/services/${encodeURIComponent(name)}`;
}

/** The decoded id or name in a path such as /services/NAME; "" if there is none. The router's own parameters
 * leave a slash or a colon of a name encoded. */
export function resourceIdIn(path: string): string {
  const segment = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The values that are set, as the query of an address. */
export function toSearchParams(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) search.set(name, value);
  return search;
}

/** The incident that the target of an audit entry belongs to: an incident's id, or a suggestion's, which starts
 * with it. */
export function incidentIdIn(target: string): string | undefined {
  return /^inc_\w+/.exec(target)?.[0];
}

/** An http or https address; undefined for every other one, because alerts name their own links. */
export function externalUrl(address: string | null | undefined): string | undefined {
  if (!address) return undefined;
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}
