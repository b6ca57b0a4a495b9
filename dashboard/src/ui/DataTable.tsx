import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { text } from "../messages/common";
import { ErrorState } from "./ErrorState";

/** What a page of one table says and shows; `items` are undefined until they are known. */
interface ListingOf<T> {
  title: string;
  description?: string;
  items: readonly T[] | undefined;
  columns: TableProps.ColumnDefinition<T>[];
  trackBy: (item: T) => string;
  empty: { title: string; body: string };
  error?: Error | null;
  retry?: () => unknown;
  more?: { label: string; loading: boolean; load: () => unknown };
  actions?: ReactNode;
  filter?: ReactNode;
  level?: "h1" | "h2";
}

/** A table with its title, and its waiting, empty and failed states. */
export function DataTable<T>({ level = "h1", ...shown }: ListingOf<T>) {
  const { title, items: known, more } = shown;
  const { items, collectionProps } = useCollection(known ?? [], { sorting: {} });
  return (
    <SpaceBetween size="l">
      {shown.error && <ErrorState error={shown.error} retry={shown.retry} />}
      <Table
        {...collectionProps}
        variant="container"
        stickyHeader={level === "h1"}
        enableKeyboardNavigation
        wrapLines
        trackBy={shown.trackBy}
        columnDefinitions={shown.columns}
        items={items}
        loading={!known && !shown.error}
        loadingText={text.loading}
        ariaLabels={{ tableLabel: title }}
        header={
          <Header
            variant={level}
            description={shown.description}
            counter={known && text.incidents.counted(known.length, more !== undefined)}
            actions={shown.actions}
          >
            {title}
          </Header>
        }
        filter={shown.filter}
        empty={
          <Box textAlign="center" color="inherit" padding={{ vertical: "l" }}>
            <Box variant="strong">{shown.empty.title}</Box>
            <Box color="text-body-secondary">{shown.empty.body}</Box>
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
