import { expect, test } from "vitest";
import type { ServiceHealth } from "../../api/types";
import { matchesSearch } from "./search";

const checkout: ServiceHealth = {
  name: "checkout",
  declared: true,
  owner: "Team Payments",
  tier: 1,
  runbook: "",
  aliases: ["chk"],
  targets: [
    { platform: "ecs", name: "chk-prod", account: "1", region: "eu-central-1", environment: "prod", cluster: "main", namespace: "", limits: {}, declared: true, seen: [] },
  ],
  stacks: [],
  conflicts: [],
  liveIncidents: 0,
};

test.each(["", "check", "CHK", "payments checkout", "ecs"])("the search %j finds the service", (search) => {
  expect(matchesSearch(checkout, search)).toBe(true);
});

test.each(["search", "checkout search", "lambda"])("the search %j does not find the service", (search) => {
  expect(matchesSearch(checkout, search)).toBe(false);
});
