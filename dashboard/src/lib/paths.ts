/** What an address names. The router's own parameters keep a slash or a colon of a name encoded. */

/** The second part of a path, as it was before it was encoded; "" where there is none. */
export function resourceIdIn(path: string): string {
  const part = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
