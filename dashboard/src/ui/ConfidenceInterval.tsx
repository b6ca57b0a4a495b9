import { ACCENT, DIVIDER } from "./colors";

/** A mark at the mean on a line from 0 to 1, and a band from the 10th percentile up to it. */
export function ConfidenceInterval({ mean, low }: { mean: number; low: number }) {
  const from = Math.min(low, mean) * 100;
  return (
    <svg width="100%" height="10" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10" style={{ display: "block" }}>
      <rect x="0" y="4" width="100" height="2" fill={DIVIDER} />
      <rect x={from} y="2.5" width={Math.max(0.5, mean * 100 - from)} height="5" fill={ACCENT} opacity="0.35" />
      <rect x={Math.max(0, mean * 100 - 0.6)} y="0" width="1.2" height="10" fill={ACCENT} />
    </svg>
  );
}
