import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useTopology } from "../../api/queries";
import type { IncidentDetail } from "../../api/types";
import { useNavigate } from "../../lib/navigation";
import { servicePath } from "../../lib/paths";
import { incidentMessages } from "../../messages/incident";
import { BORDER, CRITICAL, SURFACE, TEXT, TEXT_SECONDARY } from "../../ui/colors";
import { type Edge, involvedServices, layerServices, type PlacedService } from "./graphLayout";

const NODE_WIDTH = 168;
const NODE_HEIGHT = 44;
const GAP_X = 28;
const GAP_Y = 56;
const MARGIN = 8;
const MAX_HEIGHT = 420;
const NAME_CHARACTERS = 20;
const { graph: messages } = incidentMessages;

/** The services involved and the calls between them, with the probable cause marked. */
export function DependencyGraph({ incident: { services, causes } }: { incident: IncidentDetail }) {
  const { data } = useTopology();
  const edges = (data?.dependencies ?? []).map(({ caller, callee }) => ({ from: caller, to: callee }));
  const { names, calls } = involvedServices(services, edges);
  const cause = causes[0]?.service ?? "";
  return (
    <Container fitHeight header={<Header variant="h2" description={messages.description}>{messages.title}</Header>}>
      {names.length > 1 && calls.length > 0 ? (
        <Drawing services={layerServices(names, calls)} calls={calls} cause={cause} affected={new Set(services)} />
      ) : (
        <Box color="text-body-secondary">{messages.none}</Box>
      )}
    </Container>
  );
}

interface DrawingProps {
  services: PlacedService[];
  calls: Edge[];
  cause: string;
  affected: ReadonlySet<string>;
}

function Drawing({ services, calls, cause, affected }: DrawingProps) {
  const { width, height, topLeftOf } = geometryOf(services);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={messages.label(cause)} width="100%" style={{ maxHeight: MAX_HEIGHT }}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
          <path d="M0 0 8 4 0 8z" fill={TEXT_SECONDARY} />
        </marker>
      </defs>
      {calls.map(({ from, to }) => (
        <path
          key={`${from} ${to}`}
          d={curve(topLeftOf(from), topLeftOf(to))}
          fill="none"
          stroke={TEXT_SECONDARY}
          strokeWidth={from === cause || to === cause ? 2 : 1.2}
          markerEnd="url(#arrow)"
        />
      ))}
      {services.map(({ name }) => (
        <ServiceNode
          key={name}
          name={name}
          at={topLeftOf(name)}
          isCause={name === cause}
          note={name === cause ? messages.cause : affected.has(name) ? messages.affected : ""}
        />
      ))}
    </svg>
  );
}

interface Point {
  x: number;
  y: number;
}

/** The size of the drawing, and where each service stands in it: every layer is a centered row. */
function geometryOf(services: PlacedService[]) {
  const sizeOf = (layer: number) => services.filter((service) => service.layer === layer).length;
  const rowWidth = (size: number) => size * (NODE_WIDTH + GAP_X) - GAP_X;
  const layers = Math.max(...services.map(({ layer }) => layer)) + 1;
  const width = rowWidth(Math.max(...services.map(({ layer }) => sizeOf(layer)))) + 2 * MARGIN;
  const height = layers * (NODE_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
  const topLeftOf = (name: string): Point => {
    const service = services.find((placed) => placed.name === name);
    if (!service) return { x: 0, y: 0 };
    const left = (width - rowWidth(sizeOf(service.layer))) / 2;
    return { x: left + service.position * (NODE_WIDTH + GAP_X), y: MARGIN + service.layer * (NODE_HEIGHT + GAP_Y) };
  };
  return { width, height, topLeftOf };
}

/** The path of an arrow from the edge of one node to the facing edge of another. */
function curve(from: Point, to: Point): string {
  const isDownward = to.y >= from.y;
  const y1 = from.y + (isDownward ? NODE_HEIGHT : 0);
  const y2 = to.y + (isDownward ? 0 : NODE_HEIGHT);
  const x1 = from.x + NODE_WIDTH / 2;
  const x2 = to.x + NODE_WIDTH / 2;
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

interface ServiceNodeProps {
  name: string;
  at: Point;
  isCause: boolean;
  note: string;
}

function ServiceNode({ name, at: { x, y }, isCause, note }: ServiceNodeProps) {
  const navigate = useNavigate();
  return (
    <a
      href={servicePath(name)}
      onClick={(event) => {
        event.preventDefault();
        navigate(servicePath(name));
      }}
    >
      <title>{name}</title>
      <rect
        x={x}
        y={y}
        width={NODE_WIDTH}
        height={NODE_HEIGHT}
        rx={8}
        fill={SURFACE}
        stroke={isCause ? CRITICAL : BORDER}
        strokeWidth={isCause ? 2.5 : 1.2}
      />
      <text x={x + NODE_WIDTH / 2} y={y + (note ? 19 : 27)} textAnchor="middle" fontSize="14" fill={TEXT}>
        {name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}… ` : `${name} `}
      </text>
      {note && (
        <text x={x + NODE_WIDTH / 2} y={y + 35} textAnchor="middle" fontSize="11" fill={isCause ? CRITICAL : TEXT_SECONDARY}>
          {note}
        </text>
      )}
    </a>
  );
}
