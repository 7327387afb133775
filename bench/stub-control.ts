/** How the vendor stub behaves. */
export interface StubSettings {
  readonly latencyMs: number;
  /** Bulk calls admitted in any 60 seconds; 0 for no limit. */
  readonly callsPerMinute: number;
}

/** What the vendor stub received since its last reset. */
export interface StubCounts {
  /** Admitted bulk calls, and the items in them. */
  calls: number;
  items: number;
  /** Bulk calls that got 429. */
  refused: number;
  tokens: number;
}

/** Starts a new measurement: clears the counts and applies the settings. */
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
