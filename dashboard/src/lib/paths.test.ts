import { expect, test } from "vitest";
import { resourceIdIn } from "./paths";

test.each(["shop-web", "team/orders", "orders:v2", "a b", "100%", "a%2Fb", "été", "x.y"])("%s comes back whole", (name) => {
  expect(resourceIdIn(`/services/${encodeURIComponent(name)}`)).toBe(name);
});

test("an address that somebody mistyped is taken as it stands", () => {
  expect(resourceIdIn("/services/100%")).toBe("100%");
  expect(resourceIdIn("/services")).toBe("");
});
