import { expect, test } from "vitest";
import { thingIn } from "./paths";

test.each(["shop-web", "team/orders", "orders:v2", "a b", "100%", "a%2Fb", "été", "x.y"])("%s comes back whole", (name) => {
  expect(thingIn(`/services/${encodeURIComponent(name)}`)).toBe(name);
});

test("an address that somebody mistyped is taken as it stands", () => {
  expect(thingIn("/services/100%")).toBe("100%");
  expect(thingIn("/services")).toBe("");
});
