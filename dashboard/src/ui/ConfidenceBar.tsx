import Box from "@cloudscape-design/components/box";
import * as tokens from "@cloudscape-design/design-tokens";
import type { Suggestion } from "../api/types";
import { text } from "../text";

const { suggestions: said } = text.incident;

/** The mean as a number and a mark, the range below it down to the 10th percentile as a band. */
export function ConfidenceBar({ suggestion }: { suggestion: Pick<Suggestion, "confidence" | "confidenceLow" | "votes" | "outcomes"> }) {
  const { confidence, confidenceLow, votes, outcomes } = suggestion;
  const low = confidenceLow ?? confidence;
  const known = votes + outcomes > 0;
  return (
    <div title={confidenceLow === null ? undefined : said.range(low, confidence)}>
      <Box fontSize="heading-m" fontWeight="bold" display="inline">
        {Math.round(confidence * 100)}%
      </Box>{" "}
      <Box display="inline" color="text-body-secondary">
        {said.helps} · {known ? said.votes(votes, outcomes) : said.noVotes}
      </Box>
      <svg width="100%" height="10" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10">
        <rect x="0" y="4" width="100" height="2" fill={tokens.colorBorderDividerDefault} />
        <rect x={low * 100} y="2.5" width={Math.max(0.5, (confidence - low) * 100)} height="5" fill={tokens.colorBackgroundControlChecked} opacity="0.35" />
        <rect x={Math.max(0, confidence * 100 - 0.6)} y="0" width="1.2" height="10" fill={tokens.colorBackgroundControlChecked} />
      </svg>
    </div>
  );
}
