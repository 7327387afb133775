import type { OutcomeReason, VerdictType } from '../delivery/outcome.js';

/** Problem types of our own: what is wrong with a request, or with the way to the vendor. */
export type OwnProblemType =
  | 'invalid-request'
  | 'unauthenticated'
  | 'insufficient-scope'
  | 'out-of-bounds'
  | 'points-limit'
  | 'rate-limited'
  | 'too-many-imports'
  | 'too-many-failures'
  | 'authentication-unavailable'
  | 'malformed-json'
  | 'endpoint-not-found'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'malformed-http'
  | 'request-timeout'
  | 'internal-error'
  | 'overloaded'
  | 'shutting-down'
  | 'not-sent-in-time'
  | 'deadline-unreachable'
  | 'update-too-large'
  | 'recently-rejected'
  | 'storage-unavailable'
  | 'stored-data-locked'
  | 'idempotency-key-required'
  | 'idempotency-key-in-use'
  | 'idempotency-key-reused'
  | 'unknown-credit-not-found'
  | 'credit-resolved'
  | 'customer-erased'
  | 'erasure-not-found'
  | 'explanation-not-found'
  | 'upload-unreadable'
  | 'import-not-found'
  | 'import-state'
  | 'upstream-unavailable'
  | 'upstream-credentials'
  | 'upstream-misconfigured'
  | 'outcome-unknown';

export type ProblemType = OwnProblemType | VerdictType;

/** What a page under /problems says. */
export interface ProblemPage {
  /** The status that comes with it when one update was asked for. */
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
  readonly whatToDo: string;
}

const sendAgain = 'Nothing was changed. Send the same update again after the time in Retry-After.';
const correct = 'Correct the update and send it again; unchanged, it would be refused again.';

export const PROBLEM_PAGES: Readonly<Record<ProblemType, ProblemPage>> = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    explanation:
      'Something in the body, the query or the headers breaks a rule. Nothing was sent to the vendor.',
    whatToDo:
      'Each entry of `errors` points at one mistake: a JSON Pointer into the body, or the name of a parameter or header.',
  },
  unauthenticated: {
    status: 401,
    title: 'The caller is not known',
    explanation:
      'The request has no API key and no token, or one that is not accepted. Nobody is told why it is not.',
    whatToDo:
      'Send `Authorization: Bearer` with a valid key or token; whoever runs the service gives keys out.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The scope is missing',
    explanation: 'The key or token is good, but may not do this. The detail names the scope.',
    whatToDo: 'Ask whoever runs the service, or the issuer of the token, for the scope.',
  },
  'out-of-bounds': {
    status: 403,
    title: 'The key or token may not do that',
    explanation:
      'The key or token is bound to sources, accounts, programmes or an amount of points, and something in the request is outside of that. Nothing of it was sent to the vendor.',
    whatToDo:
      'Each entry of `errors` points at what is outside. Ask whoever runs the service for other bounds, or leave it out.',
  },
  'points-limit': {
    status: 403,
    title: 'The key or token may not credit so many points today',
    explanation:
      'With the points of the request, all that the key or token credits in this day, in UTC, would be over its maximum. Nothing was sent to the vendor. `pointsLeft` says how many it may credit still, `dayEndsAt` when that begins anew.',
    whatToDo:
      'Send fewer points in one request, or the same request after `dayEndsAt`; or ask whoever runs the service for a higher maximum.',
  },
  'rate-limited': {
    status: 429,
    title: 'The key or token asks for too much at once',
    explanation:
      'The key or token has a limit of requests or updates a second, or of requests at a time, which the detail names. Nothing was sent to the vendor.',
    whatToDo:
      'Send the same request again after the time in Retry-After. RateLimit-Policy and RateLimit say in every answer what the limits are, and what is left of them.',
  },
  'too-many-imports': {
    status: 429,
    title: 'The key or token has too many imports that have not ended',
    explanation:
      'The key or token has as many imports as it may that have not ended: being uploaded, queued, running or paused (IMPORT_MAX_OPEN). The detail names the limit. Nothing of this one was kept.',
    whatToDo:
      'Send the same request again when one has ended, or cancel one that is not needed; GET /v1/imports lists them.',
  },
  'too-many-failures': {
    status: 429,
    title: 'Too many failed authentications',
    explanation: 'From this address came too many requests without a valid key or token within a minute.',
    whatToDo: 'Correct the key, and send the request again after the time in Retry-After.',
  },
  'authentication-unavailable': {
    status: 503,
    title: 'Tokens cannot be verified at the moment',
    explanation: 'The keys of the issuer of the token cannot be had. Nothing was changed.',
    whatToDo: sendAgain,
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    explanation: 'The body is empty, not UTF-8, not JSON, or nested too deeply.',
    whatToDo: 'Send one JSON object; `errors` names the line and column where reading stopped.',
  },
  'endpoint-not-found': {
    status: 404,
    title: 'There is no such endpoint',
    explanation: 'The path is not one of this API.',
    whatToDo: 'See /docs for all endpoints.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The endpoint does not know this method',
    explanation: 'The path exists, but not with this method.',
    whatToDo: 'Use a method that the Allow header lists.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    explanation: 'The body is over the limit that the detail names.',
    whatToDo: 'Send fewer updates in one request.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not of a type that the endpoint reads',
    explanation: 'Bodies are read as application/json only, without content encoding.',
    whatToDo: 'Set Content-Type to application/json.',
  },
  'malformed-http': {
    status: 400,
    title: 'The request is not proper HTTP',
    explanation: 'The request line, the path or a header field could not be read, or is too long.',
    whatToDo: 'Check the client library and what it puts into the path and the headers.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    explanation: 'Headers or body came too slowly, and the connection was closed.',
    whatToDo: 'Send it again over a better connection.',
  },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    explanation: 'A fault in this service that nobody planned. It is in the log under the request id.',
    whatToDo: 'Report the request id to whoever runs the service.',
  },
  overloaded: {
    status: 503,
    title: 'Too many updates are pending',
    explanation: 'The service holds as many updates as it may. Nothing was sent.',
    whatToDo: sendAgain,
  },
  'shutting-down': {
    status: 503,
    title: 'The service is shutting down',
    explanation:
      'This instance takes no new work, or gave up what still waited when its time was over. Nothing was sent.',
    whatToDo: sendAgain,
  },
  'not-sent-in-time': {
    status: 503,
    title: 'The deadline passed before the update could be sent',
    explanation: 'The update waited until its deadline, and what waits then is not sent any more.',
    whatToDo: sendAgain,
  },
  'deadline-unreachable': {
    status: 503,
    title: 'The update cannot be sent before the deadline',
    explanation:
      'With the calls that are left of the minute, and what waits before it, the update could not leave in time. It was refused at once and nothing was sent.',
    whatToDo:
      'Send the same update again after the time in Retry-After, which is the earliest that could work, or with a longer Request-Timeout.',
  },
  'update-too-large': {
    status: 413,
    title: 'The update is too large for any call',
    explanation:
      'The update alone is over the bytes that one call to the vendor may have (UPSTREAM_MAX_BODY_BYTES).',
    whatToDo: 'Send less in one update, such as fewer children.',
  },
  'recently-rejected': {
    status: 422,
    title: 'The very same update was refused a short while ago',
    explanation:
      'It made the vendor refuse a whole call, with the updates of others in it, so it is not sent again for a while (REJECTION_CACHE_MS). `errors` holds what the vendor said.',
    whatToDo: correct,
  },
  'storage-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    explanation:
      'What must not be forgotten cannot be noted at the moment: a credit, or the answer under an Idempotency-Key. Nothing was sent.',
    whatToDo: sendAgain,
  },
  'stored-data-locked': {
    status: 503,
    title: 'What is stored cannot be opened',
    explanation:
      'It was sealed with a key that DATA_KEYS does not hold at the moment. Nothing is lost, and nothing was changed.',
    whatToDo:
      'Tell whoever runs the service: the log names the key, which has to stand in DATA_KEYS until nothing needs it.',
  },
  'idempotency-key-required': {
    status: 400,
    title: 'An Idempotency-Key is needed',
    explanation:
      'The update credits points, and without a key a request whose answer is lost could not be sent again without crediting twice. Nothing was sent.',
    whatToDo:
      'Send a key of your own in the header Idempotency-Key, such as a UUID, and the same key when you send the same request again. In a batch each update may have its own idempotencyKey instead.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'A request with this Idempotency-Key is being worked on',
    explanation: 'The first request with the key has no answer yet. Nothing was done for this one.',
    whatToDo:
      'Send the same request with the same key again after the time in Retry-After, and it gets the answer of the first.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    explanation:
      'The key was used for a request to this endpoint with another body or query. Nothing was done for this one.',
    whatToDo:
      'Send another request with another key; a key is kept for 24 hours, unless configured otherwise.',
  },
  'unknown-credit-not-found': {
    status: 404,
    title: 'There is no such credit in doubt',
    explanation: 'No credit was ever told as unknown under this id, or it is of somebody else.',
    whatToDo: 'See GET /v1/loyalty/unknown-credits.',
  },
  'credit-resolved': {
    status: 409,
    title: 'The credit is not in doubt any more',
    explanation: 'Somebody has resolved it, or the vendor answered late.',
    whatToDo: 'Nothing; GET /v1/loyalty/unknown-credits?state=resolved tells how it ended.',
  },
  'customer-erased': {
    status: 410,
    title: 'What was stored of the customer was erased',
    explanation:
      'Somebody asked for what is stored about the customer to be erased, before the update was sent. It cannot be sent any more.',
    whatToDo: 'Nothing; or send the update anew, where the customer is to be changed after all.',
  },
  'erasure-not-found': {
    status: 404,
    title: 'There is no such erasure',
    explanation: 'No erasure has this id.',
    whatToDo: 'Use the id in the answer to DELETE /v1/customers/stored-data.',
  },
  'explanation-not-found': {
    status: 404,
    title: 'There is no explanation of such an update',
    explanation:
      'Only the latest updates are explained, by the instance that delivered them, until it stops; and to others than their caller only with the scope ops:read.',
    whatToDo: 'Look for the updateId in the logs.',
  },
  'upload-unreadable': {
    status: 400,
    title: 'The upload cannot be read',
    explanation:
      'The upload as a whole is wrong, as by a header of CSV that names no fields, a quote or an array that is never closed, bytes that are not gzip, or no line at all. Nothing of it was kept.',
    whatToDo: 'Correct what the detail names and upload all of it again.',
  },
  'import-not-found': {
    status: 404,
    title: 'There is no such import',
    explanation: 'No import has this id, or it is of somebody else.',
    whatToDo: 'See GET /v1/imports.',
  },
  'import-state': {
    status: 409,
    title: 'The state of the import does not allow that',
    explanation:
      'It has ended or has not ended yet, is in that state already, has no failed lines, or its lines were removed after IMPORT_RETENTION_MS; or it is to be resumed on another day than the one for which its points count.',
    whatToDo:
      'See the state in GET /v1/imports/{id}. Where its points count for an earlier day, cancel it, and retry it: what is sent then counts today.',
  },
  'upstream-unavailable': {
    status: 503,
    title: 'The vendor cannot be reached or is busy',
    explanation:
      'No attempt within the deadline was taken in by the vendor; `reason` tells how the last one ended.',
    whatToDo: sendAgain,
  },
  'upstream-credentials': {
    status: 502,
    title: 'The vendor refuses the credentials of this service',
    explanation: 'The key, secret, till or password that this service was configured with is not accepted.',
    whatToDo:
      'Whoever runs the service corrects UPSTREAM_AUTH and the credentials; then send the update again.',
  },
  'upstream-misconfigured': {
    status: 502,
    title: 'The vendor does not know the call',
    explanation:
      'The vendor answers that the path, the method or the content type does not exist, or sends elsewhere.',
    whatToDo:
      'Whoever runs the service corrects UPSTREAM_BASE_URL and UPSTREAM_BULK_PATH; then send the update again.',
  },
  'outcome-unknown': {
    status: 504,
    title: 'Nobody knows whether the update was applied',
    explanation:
      'It was handed to the vendor, but no answer came that proves what became of it; `reason` tells why.',
    whatToDo:
      'Where `retryable` is true, the same update may be sent again. Otherwise look the customer up first; GET /v1/loyalty/unknown-credits lists points in doubt under `creditId`.',
  },
  'customer-not-found': {
    status: 404,
    title: 'There is no such customer',
    explanation: 'The vendor knows no customer with these identifiers in this source and account.',
    whatToDo: 'Check identifiers, source and accountId, or register the customer first.',
  },
  'identifier-invalid': {
    status: 422,
    title: 'An identifier is invalid or missing',
    explanation: 'The vendor does not take one of the identifiers.',
    whatToDo: correct,
  },
  'mobile-invalid': {
    status: 422,
    title: 'A mobile number is invalid',
    explanation: 'The organisation does not take this number, as identifier or in a channel.',
    whatToDo: correct,
  },
  'email-invalid': {
    status: 422,
    title: 'An e-mail address is invalid',
    explanation: 'The organisation does not take this address, as identifier or in a channel.',
    whatToDo: correct,
  },
  'channel-invalid': {
    status: 422,
    title: 'A communication channel is invalid',
    explanation: 'The vendor does not take one of the channels.',
    whatToDo: correct,
  },
  'source-account-invalid': {
    status: 422,
    title: 'The source account is invalid or missing',
    explanation: 'The organisation has no such account in this source.',
    whatToDo: 'Check source and accountId.',
  },
  'identifier-taken': {
    status: 409,
    title: 'An identifier belongs to somebody else',
    explanation: 'The identifiers of the update lead to different customers, or one of them exists already.',
    whatToDo: 'Find out whose it is before sending the update again.',
  },
  'customers-merged': {
    status: 409,
    title: 'The customer was found in another source',
    explanation: 'The vendor is merging the customers. As a warning, the update was applied.',
    whatToDo: 'Nothing, where it is a warning.',
  },
  'loyalty-downgrade': {
    status: 409,
    title: 'A loyalty customer cannot become non-loyalty',
    explanation: 'The vendor allows non_loyalty to loyalty, and not the other way.',
    whatToDo: 'Send loyaltyType `loyalty` for this customer.',
  },
  'enrollment-refused': {
    status: 422,
    title: 'The enrolment failed',
    explanation: 'The customer is not in the loyalty programme, or could not be enrolled.',
    whatToDo: correct,
  },
  'points-in-doubt': {
    status: 504,
    title: 'The processing of points failed',
    explanation: 'Points may or may not have been credited. As a warning, everything else was applied.',
    whatToDo: 'Look at the account of the customer before crediting again.',
  },
  'program-invalid': {
    status: 422,
    title: 'There is no such programme',
    explanation: 'The organisation has no programme with this programId.',
    whatToDo: correct,
  },
  'field-invalid': {
    status: 422,
    title: 'A custom or extended field is invalid',
    explanation: 'A field is not enabled for the organisation, or its value does not fit or is too long.',
    whatToDo: correct,
  },
  'date-invalid': {
    status: 422,
    title: 'A date is not possible',
    explanation: 'A date is out of range, or in a wrong format.',
    whatToDo: correct,
  },
  'customer-blocked': {
    status: 403,
    title: 'The customer is blocked',
    explanation: 'The vendor has marked the customer as fraud and changes nothing.',
    whatToDo: 'Clear the mark with the vendor first.',
  },
  'customer-busy': {
    status: 503,
    title: 'Somebody else is changing this customer',
    explanation: 'The vendor refuses to touch a customer twice at once, and was still busy at the deadline.',
    whatToDo: sendAgain,
  },
  'upstream-busy': {
    status: 503,
    title: 'The vendor asks to try again later',
    explanation: 'The vendor was too busy to work on the update until the deadline.',
    whatToDo: sendAgain,
  },
  'update-failed': {
    status: 502,
    title: 'The vendor failed to apply the update',
    explanation:
      'The vendor reports a failure of its own for this update, for every attempt until the deadline.',
    whatToDo: 'Send the update again later; if it goes on, ask the vendor with the upstreamRequestId.',
  },
  'too-many-children': {
    status: 409,
    title: 'The role has too many children',
    explanation: 'The maximum number of children of a role is exceeded.',
    whatToDo: 'Remove children first, or raise the maximum with the vendor.',
  },
  'role-invalid': {
    status: 422,
    title: 'The role does not fit',
    explanation: 'The role or the role of a child does not exist in this hierarchy, or may not stand there.',
    whatToDo: correct,
  },
  'hierarchy-cycle': {
    status: 409,
    title: 'The hierarchy would go in a circle',
    explanation: 'The customer would stand below itself.',
    whatToDo: correct,
  },
  'hierarchy-invalid': {
    status: 422,
    title: 'There is no such hierarchy',
    explanation: 'The hierarchy code is invalid or unknown.',
    whatToDo: correct,
  },
  'hierarchy-inactive': {
    status: 409,
    title: 'The hierarchy or company is inactive',
    explanation: 'The vendor changes nothing in an inactive hierarchy or company.',
    whatToDo: 'Activate it with the vendor first.',
  },
  'company-mismatch': {
    status: 409,
    title: 'The customers belong to different companies',
    explanation: 'Parent and child must belong to the same company.',
    whatToDo: correct,
  },
  'parent-not-mapped': {
    status: 409,
    title: 'The parent is not in the hierarchy',
    explanation: 'The parent has no place in this hierarchy yet.',
    whatToDo: 'Associate the parent first.',
  },
  'hierarchy-conflict': {
    status: 409,
    title: 'The customer stands elsewhere already',
    explanation:
      'The customer is mapped to another hierarchy, role, company or parent, which cannot be changed.',
    whatToDo: 'Change the existing association with the vendor first.',
  },
  'company-invalid': {
    status: 422,
    title: 'There is no such company',
    explanation: 'The company is unknown, or its id is missing.',
    whatToDo: correct,
  },
  'hierarchy-refused': {
    status: 409,
    title: 'The hierarchy may not be changed',
    explanation: 'The organisation does not allow this change of the hierarchy.',
    whatToDo: 'Ask the vendor what the organisation allows.',
  },
  'side-action-failed': {
    status: 422,
    title: 'A side action failed',
    explanation: 'As a warning, the update was applied and something beside it was not.',
    whatToDo: 'Nothing, where it is a warning; otherwise correct the update.',
  },
  'till-invalid': {
    status: 422,
    title: 'There is no such till',
    explanation: 'The till of the registration or of the attribution is unknown.',
    whatToDo: 'Check associatedWith and attributionCode.',
  },
  'attribution-invalid': {
    status: 422,
    title: 'The attribution is not accepted',
    explanation: 'The till, store or organisation that the call was posted on behalf of is not accepted.',
    whatToDo: 'Check attributionType and attributionCode.',
  },
  'update-refused': {
    status: 422,
    title: 'The vendor refuses the update',
    explanation:
      'The vendor gives a code for which this service knows no better explanation; it stands in `code`.',
    whatToDo: 'Read the message of the vendor, correct the update and send it again.',
  },
};

interface ReasonText {
  readonly type: ProblemType;
  readonly sentence: string;
}

/** Which problem an update that was not applied stands for, and the sentence that says why. */
export const REASONS: Readonly<Record<OutcomeReason, ReasonText>> = {
  'connection-refused': { type: 'upstream-unavailable', sentence: 'no connection to the vendor' },
  'connect-timeout': { type: 'upstream-unavailable', sentence: 'no connection to the vendor in time' },
  'token-unavailable': { type: 'upstream-unavailable', sentence: 'the vendor gave no access token' },
  'credentials-refused': { type: 'upstream-credentials', sentence: 'the vendor refuses our credentials' },
  'rate-limited': { type: 'upstream-busy', sentence: 'the calls per minute of the vendor are used up' },
  'upstream-busy': { type: 'upstream-busy', sentence: 'the vendor asks to try again later' },
  'customer-busy': { type: 'customer-busy', sentence: 'several actions are running for the same customer' },
  'web-server-down': { type: 'upstream-unavailable', sentence: 'the web server of the vendor is down' },
  'answer-timeout': {
    type: 'upstream-unavailable',
    sentence: 'no answer in time after the call was written',
  },
  'connection-lost': { type: 'upstream-unavailable', sentence: 'connection lost after the call was written' },
  'answer-too-large': { type: 'upstream-unavailable', sentence: 'the answer was too large to read' },
  'answer-unreadable': { type: 'upstream-unavailable', sentence: 'the answer could not be read' },
  'upstream-error': {
    type: 'upstream-unavailable',
    sentence: 'the vendor answered with an error of its own',
  },
  'call-refused': { type: 'update-refused', sentence: 'the vendor refuses the call' },
  'batch-too-large': { type: 'update-refused', sentence: 'the call is too large for the vendor' },
  'upstream-misconfigured': { type: 'upstream-misconfigured', sentence: 'the vendor does not know the call' },
  'deadline-passed': { type: 'not-sent-in-time', sentence: 'the deadline passed' },
  'caller-gone': { type: 'not-sent-in-time', sentence: 'the caller went away' },
  'shutting-down': { type: 'shutting-down', sentence: 'the service is shutting down' },
  'too-many-pending': { type: 'overloaded', sentence: 'too many updates are pending' },
  'deadline-unreachable': {
    type: 'deadline-unreachable',
    sentence: 'the calls that are left do not suffice before the deadline',
  },
  'breaker-open': {
    type: 'upstream-unavailable',
    sentence: 'calls to the vendor failed too often lately, so none is made for a while',
  },
  'update-too-large': { type: 'update-too-large', sentence: 'the update is too large for any call' },
  'recently-rejected': {
    type: 'recently-rejected',
    sentence: 'the vendor refused the same update a short while ago',
  },
  'update-failed': { type: 'update-failed', sentence: 'the vendor reports a failure of its own' },
  'points-in-doubt': { type: 'points-in-doubt', sentence: 'the processing of points failed' },
  'customer-erased': {
    type: 'customer-erased',
    sentence: 'what was stored of the customer was erased before it was sent',
  },
  'no-proof': {
    type: 'upstream-unavailable',
    sentence: 'no result in the answer is proved to be of this update',
  },
  'no-updates-left': { type: 'not-sent-in-time', sentence: 'nobody waited for the call any more' },
  'storage-unavailable': {
    type: 'storage-unavailable',
    sentence: 'credits cannot be noted at the moment, so none is sent',
  },
  'unexpected-fault': { type: 'internal-error', sentence: 'the service failed' },
};
