import { expect, test } from "vitest";
import { externalUrl } from "./safeLink";

test.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//", "", "x"])(
  "%j is no link",
  (address) => {
    expect(externalUrl(address)).toBeUndefined();
  },
);

test("http and https are links", () => {
  expect(externalUrl("https://console.aws.amazon.com/x?y=1")).toBe("https://console.aws.amazon.com/x?y=1");
  expect(externalUrl("http://localhost:1/")).toBe("http://localhost:1/");
});
