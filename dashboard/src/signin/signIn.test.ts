import { expect, test } from "vitest";
import { mayRetrySignIn, safePath } from "./signIn";

test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", undefined, 7])(
  "the sign-in returns to no foreign address: %j",
  (returnTo) => {
    expect(safePath(returnTo)).toBe("/");
  },
);

test("the sign-in returns to the page that the person left", () => {
  expect(safePath("/incidents/inc_1?x=%2F")).toBe("/incidents/inc_1?x=%2F");
});

test("a new token that is refused does not start another sign-in", () => {
  expect(mayRetrySignIn(1_000, 2_000)).toBe(false);
  expect(mayRetrySignIn(1_000, 62_000)).toBe(true);
  expect(mayRetrySignIn(undefined, 2_000)).toBe(true);
});
