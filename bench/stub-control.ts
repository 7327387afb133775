/** How the vendor stub behaves. */
export interface StubSettings {
  readonly latencyMs: number;
  /** Bulk calls that are let in within any 60 seconds; 0 for no limit. */
  readonly callsPerMinute: number;
}

/** What came to the vendor stub since it was last reset. */
export interface StubCounts {
  /** Bulk calls that were let in, and the items in them. */
  calls: number;
  items: number;
  /** Bulk calls that got 429. */
  refused: number;
  tokens: number;
}

/** Begins a new measurement: no calls yet, and these settings. */
export async function resetStub(stubUrl: string, settings: StubSettings): Promise<void> {
  await ask(`${stubUrl}/_stub/reset`, { method: 'POST', body: JSON.stringify(settings) });
}

export async function readCounts(stubUrl: string): Promise<StubCounts> {
  return (await ask(`${stubUrl}/_stub/counts`)) as StubCounts;
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`the stub answers ${answer.status} to ${url}`);
  return answer.json();
}
