import Box from "@cloudscape-design/components/box";
import type { Suggestion } from "../api/types";
import { text } from "../messages/common";
import { ConfidenceInterval } from "./ConfidenceInterval";

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
      <ConfidenceInterval mean={confidence} low={low} />
    </div>
  );
}
