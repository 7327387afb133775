import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { median } from './figures.js';
import type { Bench } from './measure.js';

/** The value of each round, and the target. A figure without a target explains other figures. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly perRound: readonly number[];
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  };
}

function reachesTarget({ perRound, target }: Figure): boolean | undefined {
  const measured = median(perRound);
  if (!target) return undefined;
  return 'atMost' in target ? measured <= target.atMost : measured >= target.atLeast;
}

function formatTarget({ target }: Figure): string {
  if (!target) return '';
  return 'atMost' in target ? `${target.atMost} or less` : `${target.atLeast} or more`;
}

function round(value: number): string {
  return Number(value.toPrecision(value >= 1000 ? 5 : 3)).toString();
}

/** Formats the figures as a Markdown table, ready to paste into a page. */
export function writeTable(figures: readonly Figure[], isSmoke: boolean): string {
  const rows = figures.map((figure) => {
    const { what, unit, perRound } = figure;
    const range = `${round(Math.min(...perRound))} to ${round(Math.max(...perRound))}`;
    const met = isSmoke ? undefined : reachesTarget(figure);
    return [
      what,
      `${round(median(perRound))} ${unit}`.trim(),
      perRound.length > 1 ? range : '',
      formatTarget(figure),
      met === undefined ? '' : met ? 'met' : '**not met**',
    ];
  });
  const table = [['what', 'median', 'rounds', 'target', ''], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

/** Writes everything, including each load, so that two runs can be compared. */
export function writeJson(
  file: string,
  machine: Machine,
  { options, measurements }: Bench,
  figures: readonly Figure[],
): void {
  const summaries = figures.map((figure) => ({
    ...figure,
    median: median(figure.perRound),
    targetReached: options.isSmoke ? undefined : reachesTarget(figure),
  }));
  const document = { at: new Date().toISOString(), machine, options, figures: summaries, measurements };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
