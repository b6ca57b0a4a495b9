/** The incident that an entry of the audit trail is about: named itself, or at the head of a suggestion's id. */
export function incidentOf(target: string): string | undefined {
  return /^inc_\w+/.exec(target)?.[0];
}
