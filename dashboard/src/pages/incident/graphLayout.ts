/** Places services in layers, callers above what they call, for a picture of a few dozen at most. */

export interface Edge {
  from: string;
  to: string;
}

export interface PlacedService {
  name: string;
  layer: number;
  position: number;
}

/** Longest-path layering: a service stands below all that call it. Calls that close a circle are passed over, so
 * that every picture has an end. */
export function layerServices(names: readonly string[], edges: readonly Edge[]): PlacedService[] {
  const known = new Set(names);
  const callers = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { from, to } of edges) if (known.has(from) && known.has(to) && from !== to) callers.get(to)?.push(from);
  const layers = new Map<string, number>();
  const layerOf = (name: string, above: ReadonlySet<string>): number => {
    const held = layers.get(name);
    if (held !== undefined) return held;
    const here = new Set(above).add(name);
    const found = Math.max(
      0,
      ...(callers.get(name) ?? []).filter((caller) => !here.has(caller)).map((caller) => layerOf(caller, here) + 1),
    );
    layers.set(name, found);
    return found;
  };
  const counts = new Map<number, number>();
  return [...names].sort().map((name) => {
    const layer = layerOf(name, new Set());
    const position = counts.get(layer) ?? 0;
    counts.set(layer, position + 1);
    return { name, layer, position };
  });
}

/** The services of the incident, and those one call away from the cause that connect two of them. */
export function involvedServices(services: readonly string[], edges: readonly Edge[]): { names: string[]; calls: Edge[] } {
  const names = new Set(services);
  const between = new Map<string, { above: boolean; below: boolean }>();
  for (const { from, to } of edges) {
    if (names.has(from) && !names.has(to)) between.set(to, { below: false, ...between.get(to), above: true });
    if (names.has(to) && !names.has(from)) between.set(from, { above: false, ...between.get(from), below: true });
  }
  for (const [name, { above, below }] of between) if (above && below) names.add(name);
  const calls = edges.filter(({ from, to }) => names.has(from) && names.has(to));
  return { names: [...names], calls };
}
