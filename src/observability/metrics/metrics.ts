import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, type RegistryContentType } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricDefinition,
  type MetricName,
} from './metric-catalog.js';

/** One value of a metric at the time of a scrape. */
export interface Reading<Name extends MetricName> {
  readonly labels: LabelsOf<Name>;
  readonly value: number;
}

/** The ids by which the log and the traces find the request behind an observed value. */
export interface ExemplarIds {
  readonly requestId: string;
  readonly traceId?: string | undefined;
}

type Collected = Counter | Gauge;

/** The metrics without labels that are read. */
type UnlabeledName = {
  [Name in GaugeName | CounterName]: (typeof METRICS)[Name] extends { labels: unknown } ? never : Name;
}[GaugeName | CounterName];

/** The metrics that report which of some words holds. */
type StateName = 'meniscus_breaker_state' | 'meniscus_credentials_state';

const NO_LABELS = {};

/** OpenMetrics allows so many characters for the names and the values of all labels of an exemplar; prom-client throws beyond. */
const MAX_EXEMPLAR = 128;

/** The histogram with observations that name a request: it answers which request was slow. */
const WITH_EXEMPLARS: ReadonlySet<MetricName> = new Set<MetricName>(['meniscus_request_duration_seconds']);

/**
 * Returns the labels of an exemplar, as far as they fit: the id of the trace first, because Grafana opens the trace by it.
 * The length of a request id is the caller's choice.
 */
function exemplarOf({ requestId, traceId }: ExemplarIds): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  let left = MAX_EXEMPLAR;
  for (const [label, id] of [
    ['trace_id', traceId],
    ['request_id', requestId],
  ] as const) {
    if (id === undefined || label.length + id.length > left) continue;
    labels[label] = id;
    left -= label.length + id.length;
  }
  return Object.keys(labels).length > 0 ? labels : undefined;
}

function labelsOf(name: MetricName): NonNullable<MetricDefinition['labels']> {
  const { labels = NO_LABELS }: MetricDefinition = METRICS[name];
  return labels;
}

/** Every combination of the listed values; none if a label has other values too. */
function listedLabels(name: MetricName): Record<string, string>[] {
  return Object.entries(labelsOf(name)).reduce<Record<string, string>[]>(
    (combinations, [label, values]) =>
      typeof values === 'string'
        ? []
        : combinations.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}

/**
 * Holds the metrics of the process. A fact is counted where it is known; a state is read at the time of a scrape, so that
 * it costs nothing in between.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry<RegistryContentType>();
  private readonly counters = new Map<MetricName, Counter>();
  private readonly histograms = new Map<MetricName, Histogram>();
  private readonly readers = new Map<MetricName, (metric: Collected) => void>();
  private readonly values = new Map<MetricName, () => number>();

  constructor() {
    // prom-client allows exemplars only in a registry that has this format when a metric is added.
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const name of Object.keys(METRICS) as MetricName[]) this.create(name);
  }

  /** Counts a fact. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, count = 1): void {
    this.counters.get(name)?.inc(labels, count);
  }

  /**
   * Notes one observed value.
   *
   * @param ids the exemplar of the metric that has exemplars
   */
  observe<Name extends HistogramName>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number,
    ids?: ExemplarIds,
  ): void {
    const histogram = this.histograms.get(name);
    if (!WITH_EXEMPLARS.has(name)) histogram?.observe(labels, value);
    else {
      const exemplarLabels = ids && exemplarOf(ids);
      histogram?.observe({ labels, value, ...(exemplarLabels && { exemplarLabels }) });
    }
  }

  /**
   * Reads a state at each scrape.
   *
   * @param read returns the values by label; nothing for a metric that has no value at the moment
   */
  read<Name extends GaugeName | CounterName>(name: Name, read: () => readonly Reading<Name>[]): void {
    this.readers.set(name, (metric) => {
      metric.reset();
      // A metric without labels begins at 0, which would be a value.
      if (Object.keys(labelsOf(name)).length === 0) metric.remove();
      for (const { labels, value } of read()) put(metric, labels, value);
    });
  }

  /** Reads the value of a metric without labels. */
  readOne(name: UnlabeledName, read: () => number): void {
    this.values.set(name, read);
    this.readers.set(name, (metric) => {
      metric.reset();
      put(metric, NO_LABELS, read());
    });
  }

  /** Returns what a scrape would report now of a metric without labels; 0 before its source is known. */
  valueOf(name: UnlabeledName): number {
    return this.values.get(name)?.() ?? 0;
  }

  /** Reads a state that is a word: 1 for the word that holds, 0 for each other one that is listed. */
  readState<Name extends StateName>(
    name: Name,
    read: () => (typeof METRICS)[Name]['labels']['state'][number],
  ): void {
    const states: readonly string[] = METRICS[name].labels.state;
    this.readers.set(name, (metric) => {
      const now = read();
      for (const state of states) put(metric, { state }, state === now ? 1 : 0);
    });
  }

  private create(name: MetricName): void {
    const definition: MetricDefinition = METRICS[name];
    const labelNames = Object.keys(labelsOf(name));
    const common = { name, help: definition.help, labelNames, registers: [this.registry] };
    const zeros = labelNames.length > 0 ? listedLabels(name) : [];
    const collect = (metric: Collected): void => this.readers.get(name)?.(metric);
    if (definition.type === 'gauge') {
      const gauge: Gauge = new Gauge({ ...common, collect: () => collect(gauge) });
    } else if (definition.type === 'counter') {
      const counter: Counter = new Counter({ ...common, collect: () => collect(counter) });
      for (const one of zeros) counter.inc(one, 0);
      this.counters.set(name, counter);
    } else if (definition.type === 'histogram') {
      const buckets = [...definition.buckets];
      const histogram = new Histogram({ ...common, buckets, enableExemplars: WITH_EXEMPLARS.has(name) });
      for (const one of zeros) histogram.zero(one);
      this.histograms.set(name, histogram);
    }
  }
}

function put(metric: Collected, labels: Readonly<Record<string, string>>, value: number): void {
  if (metric instanceof Gauge) metric.set(labels, value);
  else metric.inc(labels, value);
}
