import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useNavigate } from "../../lib/navigation";
import { useTopology } from "../../api/queries";
import type { IncidentDetail } from "../../api/types";
import { text } from "../../messages/common";
import { CRITICAL, TEXT, BORDER, TEXT_SECONDARY, SURFACE } from "../../ui/colors";
import { involvedServices, layerServices, type PlacedService } from "./graphLayout";

const WIDTH = 168;
const HEIGHT = 44;
const GAP_X = 28;
const GAP_Y = 56;
const MARGIN = 8;
const { graph: said } = text.incident;

/** Who calls whom among the services involved, the probable cause marked. */
export function Graph({ incident }: { incident: IncidentDetail }) {
  const { data } = useTopology();
  const edges = (data?.dependencies ?? []).map(({ caller, callee }) => ({ from: caller, to: callee }));
  const { names, calls } = involvedServices(incident.services, edges);
  const cause = incident.causes[0]?.service ?? "";
  return (
    <Container fitHeight header={<Header variant="h2" description={said.description}>{said.title}</Header>}>
      {names.length > 1 && calls.length > 0 ? (
        <Picture placed={layerServices(names, calls)} calls={calls} cause={cause} suffering={new Set(incident.services)} />
      ) : (
        <Box color="text-body-secondary">{said.none}</Box>
      )}
    </Container>
  );
}

interface Shown {
  placed: PlacedService[];
  calls: { from: string; to: string }[];
  cause: string;
  suffering: ReadonlySet<string>;
}

function Picture({ placed, calls, cause, suffering }: Shown) {
  const navigate = useNavigate();
  const widest = Math.max(...placed.map(({ layer }) => placed.filter((one) => one.layer === layer).length));
  const width = widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN;
  const height = (Math.max(...placed.map(({ layer }) => layer)) + 1) * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
  const at = (name: string) => {
    const found = placed.find((one) => one.name === name);
    if (!found) return { x: 0, y: 0 };
    const beside = placed.filter((one) => one.layer === found.layer).length;
    const left = (width - (beside * (WIDTH + GAP_X) - GAP_X)) / 2;
    return { x: left + found.position * (WIDTH + GAP_X), y: MARGIN + found.layer * (HEIGHT + GAP_Y) };
  };
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={said.label(cause)} width="100%" style={{ maxHeight: 420 }}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
          <path d="M0 0 8 4 0 8z" fill={TEXT_SECONDARY} />
        </marker>
      </defs>
      {calls.map(({ from, to }) => {
        const start = at(from);
        const end = at(to);
        const down = end.y >= start.y;
        const y1 = start.y + (down ? HEIGHT : 0);
        const y2 = end.y + (down ? 0 : HEIGHT);
        const x1 = start.x + WIDTH / 2;
        const x2 = end.x + WIDTH / 2;
        const middle = (y1 + y2) / 2;
        return (
          <path
            key={`${from} ${to}`}
            d={`M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`}
            fill="none"
            stroke={TEXT_SECONDARY}
            strokeWidth={from === cause || to === cause ? 2 : 1.2}
            markerEnd="url(#arrow)"
          />
        );
      })}
      {placed.map(({ name }) => {
        const { x, y } = at(name);
        const isCause = name === cause;
        const note = isCause ? said.cause : suffering.has(name) ? said.suffers : "";
        const address = `/services/${encodeURIComponent(name)}`;
        return (
          <a
            key={name}
            href={address}
            onClick={(event) => {
              event.preventDefault();
              navigate(address);
            }}
          >
            <title>{name}</title>
            <rect
              x={x}
              y={y}
              width={WIDTH}
              height={HEIGHT}
              rx={8}
              fill={SURFACE}
              stroke={isCause ? CRITICAL : BORDER}
              strokeWidth={isCause ? 2.5 : 1.2}
            />
            <text x={x + WIDTH / 2} y={y + (note ? 19 : 27)} textAnchor="middle" fontSize="14" fill={TEXT}>
              {name.length > 20 ? `${name.slice(0, 19)}… ` : `${name} `}
            </text>
            {note && (
              <text x={x + WIDTH / 2} y={y + 35} textAnchor="middle" fontSize="11" fill={isCause ? CRITICAL : TEXT_SECONDARY}>
                {note}
              </text>
            )}
          </a>
        );
      })}
    </svg>
  );
}
