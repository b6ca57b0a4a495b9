import type { ServiceHealth } from "../../api/types";

/** Whether the name, aliases, owner and targets of a service contain every word of the search, in any case. */
export function matchesSearch({ name, aliases, owner, targets }: ServiceHealth, search: string): boolean {
  const text = [name, ...aliases, owner, ...targets.map(({ platform, name: target }) => `${platform} ${target}`)].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
