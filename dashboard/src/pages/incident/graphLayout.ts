/** Layout of the dependency graph of an incident, which has a few dozen services at most. */

/** A call from one service to another. */
export interface Edge {
  from: string;
  to: string;
}

export interface PlacedService {
  name: string;
  /** 0 is the top. */
  layer: number;
  /** Position within the layer, from the left. */
  position: number;
}

/** Longest-path layering: a service is below all services that call it. Calls that close a cycle are ignored, so
 * that the recursion ends. */
export function layerServices(names: readonly string[], calls: readonly Edge[]): PlacedService[] {
  const known = new Set(names);
  const callers = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { from, to } of calls) if (known.has(from) && known.has(to) && from !== to) callers.get(to)?.push(from);
  const layers = new Map<string, number>();
  const layerOf = (name: string, path: ReadonlySet<string>): number => {
    const cached = layers.get(name);
    if (cached !== undefined) return cached;
    const visited = new Set(path).add(name);
    const callersOutsidePath = (callers.get(name) ?? []).filter((caller) => !visited.has(caller));
    const layer = Math.max(0, ...callersOutsidePath.map((caller) => layerOf(caller, visited) + 1));
    layers.set(name, layer);
    return layer;
  };
  const sizes = new Map<number, number>();
  return [...names].sort().map((name) => {
    const layer = layerOf(name, new Set());
    const position = sizes.get(layer) ?? 0;
    sizes.set(layer, position + 1);
    return { name, layer, position };
  });
}

/** Returns the services of an incident, the services that connect two of them by one call each, and the calls
 * between all of these. */
export function involvedServices(services: readonly string[], edges: readonly Edge[]): { names: string[]; calls: Edge[] } {
  const names = new Set(services);
  const neighbors = new Map<string, { isCalled: boolean; isCaller: boolean }>();
  for (const { from, to } of edges) {
    if (names.has(from) && !names.has(to)) neighbors.set(to, { isCaller: false, ...neighbors.get(to), isCalled: true });
    if (names.has(to) && !names.has(from)) neighbors.set(from, { isCalled: false, ...neighbors.get(from), isCaller: true });
  }
  for (const [name, { isCalled, isCaller }] of neighbors) if (isCalled && isCaller) names.add(name);
  const calls = edges.filter(({ from, to }) => names.has(from) && names.has(to));
  return { names: [...names], calls };
}
