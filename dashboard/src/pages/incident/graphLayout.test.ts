import { expect, test } from "vitest";
import { involvedServices, layerServices } from "./graphLayout";

const chain = [
  { from: "web", to: "cart" },
  { from: "cart", to: "db" },
  { from: "web", to: "db" },
];

test("a service is below all services that call it", () => {
  const layers = Object.fromEntries(layerServices(["db", "web", "cart"], chain).map(({ name, layer }) => [name, layer]));
  expect(layers).toEqual({ web: 0, cart: 1, db: 2 });
});

test("a cycle of calls has a layout", () => {
  const circle = [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "c", to: "a" },
  ];
  expect(layerServices(["a", "b", "c"], circle)).toHaveLength(3);
  expect(layerServices(["a"], [{ from: "a", to: "a" }])).toEqual([{ name: "a", layer: 0, position: 0 }]);
});

test("services of one layer have positions next to each other", () => {
  expect(layerServices(["b", "a"], []).map(({ position }) => position)).toEqual([0, 1]);
});

test("a service that connects two affected services is shown, another neighbor is not", () => {
  const edges = [
    { from: "web", to: "proxy" },
    { from: "proxy", to: "db" },
    { from: "web", to: "mail" },
  ];
  const { names, calls } = involvedServices(["web", "db"], edges);
  expect(names).toEqual(["web", "db", "proxy"]);
  expect(calls).toHaveLength(2);
});
