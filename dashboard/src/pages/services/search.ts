import type { ListedService } from "../../api/types";

/** Whether a service's name, other names, owner or targets hold every word that was typed. */
export function matchesSearch(service: ListedService, wanted: string): boolean {
  const { name, aliases, owner, targets } = service;
  const told = [name, ...aliases, owner, ...targets.map((one) => `${one.platform} ${one.name}`)].join(" ").toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}
