import { writeResult } from './answer-form.ts';
import type { AnswerForm } from './answer-form.ts';
import { applyItem, failedItem } from './apply-item.ts';
import type { ItemOutcome } from './apply-item.ts';
import { refuseAttribution } from './attribution.ts';
import { refuseStranger } from './authenticate.ts';
import { bareKey } from './customer-store.ts';
import type { FaultTarget } from './active-faults.ts';
import type { ItemFault } from './faults.ts';
import { issue, refusal, refusalBody } from './issues.ts';
import type { Issue, Refusal } from './issues.ts';
import { identifiersIn, ownIdentifiers, touchedBy } from './item-identifiers.ts';
import { refuseAccept, refuseContentType } from './media-type.ts';
import type { CallContext } from './person.ts';
import { distortResults } from './result-faults.ts';
import { readRoute, refuseRoute } from './route.ts';
import type { SandboxState } from './state.ts';
import { refuse } from './vendor-call.ts';
import type { Answer, OpenedCall, VendorCall } from './vendor-call.ts';
import { missesMandatoryField, wireItem } from './wire.ts';
import type { WireItem } from './wire.ts';

/** `PUT /v2/bulk`, docs/vendor-contract.md sections 1 to 4. While the call is open, its customers are running. */
export function openBulkCall(call: VendorCall): OpenedCall {
  const refused =
    refuseStranger(call) ??
    refuseContentType(call.headers) ??
    refuseAccept(call.headers) ??
    refuseRoute(call.query) ??
    refuseAttribution(call.headers) ??
    refuseBody(call.body, call.state.settings.maxBatch) ??
    refusePoisoned(call);
  if (refused) return refuse(refused);

  const { state, id } = call;
  const items = call.body as WireItem[];
  const context: CallContext = { id, at: new Date(), route: readRoute(call.query), state };
  const touched = items.map((item) => touchedBy(item, context));
  const collisions = state.running.open(id, touched, state.settings.overlap === '521');
  return {
    accepted: true,
    finish: () => {
      const faults = state.faults.takeAll('item', itemFaultTarget(call, items));
      const outcomes = items.map((item, index) =>
        collisions[index] ? failedItem(item, [issue(521)]) : applyWithFaults(item, faults, context),
      );
      state.running.close(id);
      call.entry.applied = outcomes.flatMap((outcome, index) => (outcome.customer ? [index] : []));
      return answerBulk(call, outcomes);
    },
  };
}

function refuseBody(body: unknown, maxBatch: number): Refusal | null {
  if (!Array.isArray(body) || body.length === 0)
    return refusal(400, 400, 'The body must be a JSON array of at least one customer');
  if (body.length > maxBatch)
    return refusal(400, 1060, `Batch limit exceeded: at most ${maxBatch} customers`);
  for (const [index, item] of body.entries()) {
    const missing = missesMandatoryField(item);
    if (missing !== null) return refusal(403, 403, `A mandatory field is missing: [${index}].${missing}`);
  }
  for (const [index, item] of body.entries()) {
    const problem = wireItem(item, `[${index}]`);
    if (problem !== null) return refusal(400, 400, problem);
  }
  return null;
}

function refusePoisoned({ state, body, entry }: VendorCall): Refusal | null {
  const target: FaultTarget = {
    kind: 'bulk',
    met: entry.faults,
    carries: (match) => identifiersIn(body).has(bareKey(match)),
  };
  const poison = state.faults.take('poison', target);
  return poison && refusal(poison.status, poison.code, 'The request could not be processed');
}

/** A fault matches an item through its own customer or its children, not through the parent that it only names. */
function itemFaultTarget({ entry }: VendorCall, items: WireItem[]): FaultTarget {
  return {
    kind: 'bulk',
    met: entry.faults,
    carries: (match) => items.some((item) => ownIdentifiers(item).has(bareKey(match))),
  };
}

function applyWithFaults(item: WireItem, faults: ItemFault[], context: CallContext): ItemOutcome {
  const striking = faults.filter(({ match }) => match === null || ownIdentifiers(item).has(bareKey(match)));
  const issuesOf = (kind: ItemFault['kind']): Issue[] =>
    striking.filter((fault) => fault.kind === kind).map(({ code, message }) => issue(code, message));
  const errors = issuesOf('item-error');
  if (errors.length > 0) return failedItem(item, errors);
  const outcome = applyItem(item, context);
  return { ...outcome, warnings: [...outcome.warnings, ...issuesOf('item-warning')] };
}

function answerBulk({ state, entry }: VendorCall, outcomes: ItemOutcome[]): Answer {
  const { allFailedAs, failedItemsEcho } = state.settings;
  const failedCount = outcomes.filter(({ customer }) => customer === null).length;
  const allFailed = failedCount === outcomes.length;
  if (allFailed && allFailedAs === '500-summary')
    return { status: 500, body: refusalBody(issue(500, 'All requests have failed due to errors')) };

  const results = outcomes.map((outcome) => writeResult(outcome, nextForm(state), failedItemsEcho));
  const fault = state.faults.take('results', {
    kind: 'bulk',
    met: entry.faults,
    carries: (match) => outcomes.some(({ item }) => identifiersIn([item]).has(bareKey(match))),
  });
  const someFailed = failedCount > 0 ? 201 : 200;
  return { status: allFailed ? 500 : someFailed, body: fault ? distortResults(results, fault) : results };
}

function nextForm(state: SandboxState): AnswerForm {
  const { answerForm } = state.settings;
  state.resultsWritten += 1;
  if (answerForm !== 'mixed') return answerForm;
  return state.resultsWritten % 2 === 1 ? 'bare' : 'entity';
}
