import { readFileSync } from 'node:fs';

/** A panel of the dashboard with the queries that it shows. */
export interface Panel {
  readonly id: number;
  readonly row: string;
  readonly title: string;
  readonly description: string;
  readonly queries: readonly string[];
}

interface DashboardFile {
  readonly panels: {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly targets?: { readonly expr: string }[];
  }[];
}

/** Reads the panels of the dashboard, each with the row above it. */
export function readPanels(): Panel[] {
  const file = new URL('../../ops/grafana/meniscus.json', import.meta.url);
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as DashboardFile;
  let row = '';
  return panels.flatMap(({ id, type, title, description = '', targets = [] }) => {
    if (type !== 'row') return [{ id, row, title, description, queries: targets.map(({ expr }) => expr) }];
    row = title;
    return [];
  });
}

/** Returns the names of metrics in a query, without the suffixes of histograms. */
export function metricsIn(query: string): string[] {
  const names = query.match(/\b(?:meniscus|nodejs|process)_\w+|\bup\b/g) ?? [];
  return names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}
