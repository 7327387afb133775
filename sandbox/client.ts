import type { Customer } from './customer-store.ts';
import type { FaultInput } from './fault-input.ts';
import type { Fault } from './faults.ts';
import type { JournalCounts, JournalFilter, UpdatesOfCustomer } from './journal-query.ts';
import type { JournalEntry } from './journal.ts';
import type { LedgerRow } from './ledger.ts';
import type { SeedCustomer } from './seed.ts';
import type { Settings } from './settings.ts';
import type { StateSummary } from './state-summary.ts';

/** A customer as the sandbox stores it; times are ISO texts. */
export type StoredCustomer = Omit<Customer, 'createdOn' | 'lastUpdatedOn'> & {
  createdOn: string;
  lastUpdatedOn: string;
  childIds: number[];
};

/** One call to the imitated vendor. The body is missing for other calls than bulk calls, and when it was dropped. */
export type JournalCall = JournalEntry & { body?: unknown };

export interface CustomerFilter {
  /** Written as `mobile:919900000001`. */
  identifier?: string;
  source?: string;
  accountId?: string;
}

export interface NamespaceInfo {
  name: string;
  calls: number;
  idleSeconds: number;
}

/** The sandbox refused a request of its client, or answered what is not JSON. */
export class SandboxError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'SandboxError';
    this.status = status;
  }
}

const mostOfPage = 1000;

/**
 * Controls a running sandbox, or one namespace of it.
 *
 * ```ts
 * const sandbox = new SandboxClient('http://127.0.0.1:4010').namespace('checkout-test');
 * await sandbox.addFaults({ kind: 'reset-after' });
 * // The program that is tested runs with UPSTREAM_BASE_URL=sandbox.url.
 * ```
 *
 * @throws {SandboxError} where the sandbox refuses a request
 */
export class SandboxClient {
  /** Where the vendor's API is: what a program that is tested gets as the vendor's base URL. */
  readonly url: string;
  readonly #root: string;

  constructor(url: string, namespace?: string) {
    this.#root = url.replace(/\/+$/, '');
    this.url = namespace === undefined ? this.#root : `${this.#root}/ns/${encodeURIComponent(namespace)}`;
  }

  /** Returns a client for a namespace, which begins with the seed at its first call. */
  namespace(name: string): SandboxClient {
    return new SandboxClient(this.#root, name);
  }

  async namespaces(): Promise<NamespaceInfo[]> {
    return (await this.#ask('GET', '/namespaces')) as NamespaceInfo[];
  }

  async removeNamespace(name: string): Promise<void> {
    await this.#ask('DELETE', `/namespaces/${encodeURIComponent(name)}`);
  }

  async state(): Promise<StateSummary> {
    return (await this.#ask('GET', '/state')) as StateSummary;
  }

  /** Goes back to the seed: customers, points, journal, faults, settings and tokens. */
  async reset(): Promise<void> {
    await this.#ask('POST', '/reset');
  }

  async customers(filter: CustomerFilter = {}): Promise<StoredCustomer[]> {
    return (await this.#ask('GET', `/customers${queryOf(filter)}`)) as StoredCustomer[];
  }

  /** Returns the customer with an identifier, written as `mobile:919900000001`. */
  async customer(identifier: string): Promise<StoredCustomer | undefined> {
    return (await this.customers({ identifier }))[0];
  }

  /** Adds customers, or changes those that have one of the identifiers. */
  async addCustomers(...customers: SeedCustomer[]): Promise<StoredCustomer[]> {
    return (await this.#ask('POST', '/customers', customers)) as StoredCustomer[];
  }

  async faults(): Promise<Fault[]> {
    return (await this.#ask('GET', '/faults')) as Fault[];
  }

  async addFaults(...faults: FaultInput[]): Promise<Fault[]> {
    return (await this.#ask('POST', '/faults', faults)) as Fault[];
  }

  async removeFault(id: string): Promise<void> {
    await this.#ask('DELETE', `/faults/${encodeURIComponent(id)}`);
  }

  async clearFaults(): Promise<void> {
    await this.#ask('DELETE', '/faults');
  }

  async settings(): Promise<Settings> {
    return (await this.#ask('GET', '/settings')) as Settings;
  }

  async changeSettings(settings: Partial<Settings>): Promise<Settings> {
    return (await this.#ask('PATCH', '/settings', settings)) as Settings;
  }

  /** Invalidates all access tokens. @returns how many there were */
  async expireTokens(): Promise<number> {
    return ((await this.#ask('POST', '/tokens/expire')) as { expired: number }).expired;
  }

  /** Returns the calls that match, oldest first. */
  async journal(filter: JournalFilter = {}): Promise<JournalCall[]> {
    return (await this.#ask('GET', `/journal${queryOf(filter)}`)) as JournalCall[];
  }

  /** Reads a long journal page by page, so that it is in memory neither here nor there as a whole. */
  async *journalPages(filter: JournalFilter = {}, limit: number = mostOfPage): AsyncGenerator<JournalCall[]> {
    for (let after: number | null = 0; after !== null;) {
      // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
      const page = (await this.#ask('GET', `/journal/page${queryOf({ ...filter, after, limit })}`)) as {
        next: number | null;
        calls: JournalCall[];
      };
      yield page.calls;
      after = page.next;
    }
  }

  async countCalls(filter: JournalFilter = {}): Promise<JournalCounts> {
    return (await this.#ask('GET', `/journal/counts${queryOf(filter)}`)) as JournalCounts;
  }

  /** Answers "was this customer updated once?", by any of its identifiers. */
  async updatesOf(
    customer: string,
    filter: Omit<JournalFilter, 'customer' | 'kind'> = {},
  ): Promise<UpdatesOfCustomer> {
    return (await this.#ask(
      'GET',
      `/journal/updates${queryOf({ ...filter, customer })}`,
    )) as UpdatesOfCustomer;
  }

  async clearJournal(): Promise<void> {
    await this.#ask('DELETE', '/journal');
  }

  /** Returns every credit of points since the last reset. */
  async ledger(): Promise<LedgerRow[]> {
    return (await this.#ask('GET', '/ledger')) as LedgerRow[];
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as unknown;
    throw new SandboxError(`${method} ${path}: ${response.status} ${reasonIn(text)}`, response.status);
  }
}

function queryOf(filter: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter) as [string, string | number | undefined][])
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** The sentence of an answer, in either of the two forms that the sandbox has. */
function reasonIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { error?: string; errors?: { message?: string }[] };
    return answer.error ?? answer.errors?.[0]?.message ?? text;
  } catch {
    return text;
  }
}
