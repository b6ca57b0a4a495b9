import { expect, test } from "vitest";
import { isWorthAnother, safePath } from "./session";



test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", undefined, 7])(
  "after the sign-in, %j leads nowhere else",
  (back) => {
    expect(safePath(back)).toBe("/");
  },
);

test("after the sign-in the same page comes back", () => {
  expect(safePath("/incidents/inc_1?x=%2F")).toBe("/incidents/inc_1?x=%2F");
});

test("a token that was just given and is refused is not asked for again and again", () => {
  expect(isWorthAnother(1_000, 2_000)).toBe(false);
  expect(isWorthAnother(1_000, 62_000)).toBe(true);
  expect(isWorthAnother(undefined, 2_000)).toBe(true);
});
