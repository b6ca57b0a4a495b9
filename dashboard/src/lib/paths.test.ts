import { expect, test } from "vitest";
import { externalUrl, incidentIdIn, resourceIdIn, servicePath } from "./paths";

test.each(["shop-web", "team/orders", "orders:v2", "a b", "100%", "a%2Fb", "été", "x.y"])(
  "the name %s is read from its path unchanged",
  (name) => {
    expect(resourceIdIn(servicePath(name))).toBe(name);
  },
);

test("a path with an invalid escape is taken as it is", () => {
  expect(resourceIdIn("/services/100%")).toBe("100%");
  expect(resourceIdIn("/services")).toBe("");
});

test.each([
  ["inc_9f146ba4676c9730", "inc_9f146ba4676c9730"],
  ["inc_9f146ba4676c9730.scale_service", "inc_9f146ba4676c9730"],
  ["pol_fe976f0feb41976a", undefined],
  ["automation", undefined],
  ["", undefined],
])("the audit target %j belongs to incident %j", (target, incident) => {
  expect(incidentIdIn(target)).toBe(incident);
});

test.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//", "", "x"])(
  "%j is not an external URL",
  (address) => {
    expect(externalUrl(address)).toBeUndefined();
  },
);

test("http and https addresses are external URLs", () => {
  expect(externalUrl("https://console.aws.amazon.com/x?y=1")).toBe("https://console.aws.amazon.com/x?y=1");
  expect(externalUrl("http://localhost:1/")).toBe("http://localhost:1/");
});
