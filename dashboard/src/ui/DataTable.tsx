import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { common } from "../messages/common";
import { ErrorState } from "./QueryState";

interface DataTableProps<T> {
  title: string;
  description?: string;
  /** undefined while they load. */
  items: readonly T[] | undefined;
  columns: readonly TableProps.ColumnDefinition<T>[];
  trackBy: (item: T) => string;
  /** Shown in place of rows if there are none. */
  empty: { title: string; body: ReactNode };
  error?: Error | null;
  retry?: () => unknown;
  /** Set if there is more to load. */
  more?: { label: string; loading: boolean; load: () => unknown };
  actions?: ReactNode;
  filter?: ReactNode;
  /** "h1" for the table that a page consists of, "h2" for one of its sections. */
  level?: "h1" | "h2";
}

/** A table that can be sorted, with a title, and with loading, empty and error states. */
export function DataTable<T>({ title, items: loaded, columns, trackBy, empty, error, more, level = "h1", ...props }: DataTableProps<T>) {
  const { items, collectionProps } = useCollection(loaded ?? [], { sorting: {} });
  return (
    <SpaceBetween size="l">
      {error && <ErrorState error={error} retry={props.retry} />}
      <Table
        {...collectionProps}
        variant="container"
        stickyHeader={level === "h1"}
        enableKeyboardNavigation
        wrapLines
        trackBy={trackBy}
        columnDefinitions={columns}
        items={items}
        loading={!loaded && !error}
        loadingText={common.loading}
        ariaLabels={{ tableLabel: title }}
        header={
          <Header
            variant={level}
            description={props.description}
            counter={loaded && common.rowCount(loaded.length, more !== undefined)}
            actions={props.actions}
          >
            {title}
          </Header>
        }
        filter={props.filter}
        empty={
          <Box textAlign="center" color="inherit" padding={{ vertical: "l" }}>
            <SpaceBetween size="xs">
              <Box variant="strong">{empty.title}</Box>
              <Box color="text-body-secondary">{empty.body}</Box>
            </SpaceBetween>
          </Box>
        }
        footer={
          more && (
            <Box textAlign="center">
              <Button loading={more.loading} onClick={() => void more.load()}>
                {more.label}
              </Button>
            </Box>
          )
        }
      />
    </SpaceBetween>
  );
}
