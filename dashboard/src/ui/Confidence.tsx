import Box from "@cloudscape-design/components/box";
import type { Suggestion } from "../api/types";
import { common } from "../messages/common";
import { formatPercent } from "../messages/format";
import { ACCENT, DIVIDER } from "./colors";

const { confidence: messages } = common;

interface ConfidenceProps {
  /** Between 0 and 1. */
  mean: number;
  /** The 10th percentile, between 0 and 1. */
  low: number;
}

/** A mark at the mean on a line from 0 to 1, and a band from the 10th percentile up to it. */
export function ConfidenceInterval({ mean, low }: ConfidenceProps) {
  const from = Math.min(low, mean) * 100;
  return (
    <svg width="100%" height="10" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10" style={{ display: "block" }}>
      <rect x="0" y="4" width="100" height="2" fill={DIVIDER} />
      <rect x={from} y="2.5" width={Math.max(0.5, mean * 100 - from)} height="5" fill={ACCENT} opacity="0.35" />
      <rect x={Math.max(0, mean * 100 - 0.6)} y="0" width="1.2" height="10" fill={ACCENT} />
    </svg>
  );
}

/** The mean as a percentage; the range on hover. `low` is null if the API does not know it. */
export function Probability({ mean, low }: { mean: number; low: number | null }) {
  return (
    <Box variant="span" color="text-body-secondary">
      <span title={low === null ? undefined : messages.range(low, mean)}>{formatPercent(mean)}</span>
    </Box>
  );
}

type Estimate = Pick<Suggestion, "confidence" | "confidenceLow" | "votes" | "outcomes">;

/** The confidence of a suggestion as a percentage and an interval, and the evidence behind it. */
export function SuggestionConfidence({ suggestion }: { suggestion: Estimate }) {
  const { confidence, confidenceLow, votes, outcomes } = suggestion;
  const hasEvidence = votes + outcomes > 0;
  return (
    <div title={confidenceLow === null ? undefined : messages.range(confidenceLow, confidence)}>
      <Box fontSize="heading-m" fontWeight="bold" display="inline">
        {formatPercent(confidence)}
      </Box>{" "}
      <Box display="inline" color="text-body-secondary">
        {messages.likelyToHelp} · {hasEvidence ? messages.evidence(votes, outcomes) : messages.noEvidence}
      </Box>
      <ConfidenceInterval mean={confidence} low={confidenceLow ?? confidence} />
    </div>
  );
}
