import type { OutcomeReason, VerdictType } from '../delivery/outcome.js';

/** Problem types of our own: the request is wrong, or the service or the vendor cannot handle it. */
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
  | 'update-unprocessed'
  | 'outcome-unknown';

export type ProblemType = OwnProblemType | VerdictType;

/** The contents of a page under /problems. */
export interface ProblemPage {
  /** The status of the response to a request with one update. */
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
    title: 'The caller is not authenticated',
    explanation:
      'The request has no API key and no token, or one that is not accepted. The response never says why.',
    whatToDo:
      'Send `Authorization: Bearer` with a valid key or token; the operator of the service issues keys.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The scope is missing',
    explanation:
      'The key or token is valid, but it lacks the scope that the detail names, or scopes for parts of the request, which `errors` lists.',
    whatToDo:
      'Ask the operator of the service, or the issuer of the token, for the scope; or leave out the parts that need it.',
  },
  'out-of-bounds': {
    status: 403,
    title: 'The request is outside the bounds of the key or token',
    explanation:
      'The key or token is limited to some sources, accounts, programs or an amount of points, and something in the request is outside these bounds. Nothing was sent to the vendor.',
    whatToDo:
      'Each entry of `errors` points at a value that is outside. Remove it, or ask the operator of the service for other bounds.',
  },
  'points-limit': {
    status: 403,
    title: 'The daily limit of points is exceeded',
    explanation:
      'With this request the key or token would credit more points than its maximum for one day in UTC. Nothing was sent to the vendor. `pointsLeft` is the number of points that it may still credit today, and `dayEndsAt` is when the next day begins.',
    whatToDo:
      'Send fewer points, send the same request after `dayEndsAt`, or ask the operator of the service for a higher maximum.',
  },
  'rate-limited': {
    status: 429,
    title: 'The rate limit of the key or token is exceeded',
    explanation:
      'The key or token exceeded its limit of requests a second, of updates a second or of concurrent requests; the detail names the limit. Nothing was sent to the vendor.',
    whatToDo:
      'Send the same request again after the time in Retry-After. In every response RateLimit-Policy lists the limits, and RateLimit what is left of them.',
  },
  'too-many-imports': {
    status: 429,
    title: 'The key or token has too many unfinished imports',
    explanation:
      'The key or token has reached the limit of imports that are being uploaded, queued, running or paused (IMPORT_MAX_OPEN). The detail names the limit. Nothing of this upload was stored.',
    whatToDo:
      'Send the same request again when an import has ended, or cancel one that is not needed; GET /v1/imports lists them.',
  },
  'too-many-failures': {
    status: 429,
    title: 'Too many failed authentications',
    explanation: 'Too many requests without a valid key or token came from this address within a minute.',
    whatToDo: 'Correct the key, and send the request again after the time in Retry-After.',
  },
  'authentication-unavailable': {
    status: 503,
    title: 'Tokens cannot be verified at the moment',
    explanation: 'The keys of the issuer of the token cannot be fetched. Nothing was changed.',
    whatToDo: sendAgain,
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    explanation: 'The body is empty, not UTF-8, not JSON, or nested too deeply.',
    whatToDo: 'Send one JSON object; `errors` names the line and column where parsing stopped.',
  },
  'endpoint-not-found': {
    status: 404,
    title: 'There is no such endpoint',
    explanation: 'This API has no such path.',
    whatToDo: 'See /docs for all endpoints.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The endpoint does not support this method',
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
    title: 'The endpoint does not accept this media type',
    explanation:
      'The endpoint accepts only application/json without content encoding; or the file of an upload is of a type that cannot be read, such as an Excel workbook.',
    whatToDo:
      'Set Content-Type to application/json, and send the body without Content-Encoding. For an upload, use a type that the detail lists; save a workbook as "CSV UTF-8".',
  },
  'malformed-http': {
    status: 400,
    title: 'The request is not valid HTTP',
    explanation: 'The request line, the path or a header field could not be read, or is too long.',
    whatToDo: 'Check the client library, and the path and the headers that it sends.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    explanation: 'The headers or the body arrived too slowly, and the connection was closed.',
    whatToDo: 'Send the request again over a better connection.',
  },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    explanation: 'An unexpected error occurred in this service. It is in the log under the request id.',
    whatToDo: 'Report the request id to the operator of the service.',
  },
  overloaded: {
    status: 503,
    title: 'The service is overloaded',
    explanation:
      'More requests arrive than the service can answer in time, or it has reached its limit of pending updates. The request was refused at once, and nothing was sent.',
    whatToDo: sendAgain,
  },
  'shutting-down': {
    status: 503,
    title: 'The service is shutting down',
    explanation:
      'This instance accepts no new work, and gives up updates that still wait when its time to shut down is over. Nothing was sent.',
    whatToDo: sendAgain,
  },
  'not-sent-in-time': {
    status: 503,
    title: 'The deadline passed before the update could be sent',
    explanation: 'The update still waited at its deadline, and updates are not sent after their deadline.',
    whatToDo: sendAgain,
  },
  'deadline-unreachable': {
    status: 503,
    title: 'The update cannot be sent before the deadline',
    explanation:
      'With the calls that are left in this minute and the updates that wait before it, the update could not be sent in time. It was rejected at once, and nothing was sent.',
    whatToDo:
      'Send the same update again after the time in Retry-After, the earliest that could work, or with a longer Request-Timeout.',
  },
  'update-too-large': {
    status: 413,
    title: 'The update is too large for any call',
    explanation:
      'The update alone exceeds the maximum size of one call to the vendor (UPSTREAM_MAX_BODY_BYTES), or something in front of the vendor refused it alone for its size (413).',
    whatToDo: 'Send less in one update, such as fewer children.',
  },
  'recently-rejected': {
    status: 422,
    title: 'The same update was rejected a short while ago',
    explanation:
      'It made the vendor refuse a whole call with the updates of other callers in it, so it is not sent again for a while (REJECTION_CACHE_MS). `errors` holds the errors of the vendor.',
    whatToDo: correct,
  },
  'storage-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    explanation:
      'The service cannot record a credit or the response under an Idempotency-Key at the moment. Nothing was sent.',
    whatToDo: sendAgain,
  },
  'stored-data-locked': {
    status: 503,
    title: 'Stored data cannot be decrypted',
    explanation:
      'It was encrypted with a key that is not in DATA_KEYS at the moment. Nothing is lost, and nothing was changed.',
    whatToDo:
      'Inform the operator of the service: the log names the key, which must be in DATA_KEYS as long as stored data needs it.',
  },
  'idempotency-key-required': {
    status: 400,
    title: 'An Idempotency-Key is required',
    explanation:
      'The update credits points. Without a key, sending the request again after a lost response could credit them twice. Nothing was sent.',
    whatToDo:
      'Send a key of your own in the header Idempotency-Key, such as a UUID, and send the same key when you repeat the request. In a batch each update may have its own idempotencyKey instead.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'A request with this Idempotency-Key is in progress',
    explanation: 'The first request with the key has no response yet. Nothing was done for this one.',
    whatToDo:
      'Send the same request with the same key again after the time in Retry-After; it gets the response of the first one.',
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
    explanation: 'No credit in doubt has this id, or another caller owns it.',
    whatToDo: 'See GET /v1/loyalty/unknown-credits.',
  },
  'credit-resolved': {
    status: 409,
    title: 'The credit is no longer in doubt',
    explanation: 'A caller has resolved it, or a late response of the vendor did.',
    whatToDo: 'Nothing; GET /v1/loyalty/unknown-credits?state=resolved shows how it ended.',
  },
  'customer-erased': {
    status: 410,
    title: 'The stored data of the customer was erased',
    explanation:
      'The stored data of the customer was erased on request before the update was sent, so it can no longer be sent.',
    whatToDo: 'Nothing; or send the update again if the customer is to be changed after all.',
  },
  'erasure-not-found': {
    status: 404,
    title: 'There is no such erasure',
    explanation: 'No erasure has this id.',
    whatToDo: 'Use the id in the response to DELETE /v1/customers/stored-data.',
  },
  'explanation-not-found': {
    status: 404,
    title: 'There is no explanation of this update',
    explanation:
      'No update of yours has this id, or it was submitted longer ago than EXPLANATION_RETENTION_MS, 24 hours by default. Until a second after its outcome, only the instance that delivers it knows it. The updates of other callers need the scope ops:read.',
    whatToDo: 'Ask again after a second, or look for the id in the logs.',
  },
  'upload-unreadable': {
    status: 400,
    title: 'The upload cannot be read',
    explanation:
      'The upload as a whole is not valid, such as a CSV header with a name that is no column of the kind, a quote or an array that is never closed, bytes that are not gzip, a form without exactly one file, or no line at all. Nothing of it was stored.',
    whatToDo:
      'Correct the mistakes that detail and errors name, and upload the whole file again. For a header, columns lists the names that it may have.',
  },
  'import-not-found': {
    status: 404,
    title: 'There is no such import',
    explanation: 'No import has this id, or another caller owns it.',
    whatToDo: 'See GET /v1/imports.',
  },
  'import-state': {
    status: 409,
    title: 'The state of the import does not allow that',
    explanation:
      'The import has ended or has not ended yet, is in that state already, has no failed lines, was retried already (`retriedBy` is the id of that import), or its lines were removed after IMPORT_RETENTION_MS; or it was refused, as a line is not valid; or it was paused on an earlier day, for which its points count.',
    whatToDo:
      'See the state in GET /v1/imports/{id}. Lines of a retry that failed are retried with the import in `retriedBy`. A refused import needs a corrected upload. If its points count for an earlier day, cancel it and retry it: points that are sent then count for today.',
  },
  'upstream-unavailable': {
    status: 503,
    title: 'The vendor cannot be reached or is busy',
    explanation:
      'The vendor processed no attempt within the deadline; `reason` describes how the last one ended.',
    whatToDo: sendAgain,
  },
  'upstream-credentials': {
    status: 502,
    title: 'The vendor does not accept the credentials of this service',
    explanation:
      'The vendor does not accept the key, secret, till or password that this service is configured with.',
    whatToDo:
      'Ask the operator of the service to correct UPSTREAM_AUTH and the credentials; then send the update again.',
  },
  'upstream-misconfigured': {
    status: 502,
    title: 'The vendor does not know the call',
    explanation:
      'The vendor, or something in front of it, responds that the path, the method or the content type is not valid, or with a redirect; what answers at the address of access tokens is not a token endpoint; or the vendor denies this service access to the call as a whole, or refuses all updates one after the other. Nothing is wrong with the update.',
    whatToDo:
      'Ask the operator of the service to correct UPSTREAM_BASE_URL, UPSTREAM_BULK_PATH and the rights of its account; then send the update again. Lines of imports wait until then.',
  },
  'update-unprocessed': {
    status: 502,
    title: 'The update was refused on its way to the vendor',
    explanation:
      'Something in front of the vendor, such as a firewall, refused the call with this update alone in it (400), and the vendor gave no verdict on it. Nothing was changed.',
    whatToDo:
      'Send the update again later; if that does not help, ask the operator of the service what stops it.',
  },
  'outcome-unknown': {
    status: 504,
    title: 'It is unknown whether the update was applied',
    explanation: 'The update was sent to the vendor, but no response proves its result; `reason` says why.',
    whatToDo:
      'If `retryable` is true, the same update may be sent again. Otherwise look the customer up first; GET /v1/loyalty/unknown-credits lists points in doubt under `creditId`.',
  },
  'customer-not-found': {
    status: 404,
    title: 'There is no such customer',
    explanation:
      'The vendor knows no customer with these identifiers in this source and account. Whether an update registers an unknown customer is a setting of your organization at the vendor: this one refuses them. The parent and the children of an association are registered in either case.',
    whatToDo:
      'Check identifiers, source and accountId. A new customer must be registered with the vendor by the system that your organization uses for that, or the vendor must let updates register customers; then send the update again.',
  },
  'identifier-invalid': {
    status: 422,
    title: 'An identifier is invalid or missing',
    explanation: 'The vendor does not accept one of the identifiers.',
    whatToDo: correct,
  },
  'mobile-invalid': {
    status: 422,
    title: 'A mobile number is invalid',
    explanation: 'The organization does not accept this number as an identifier or in a channel.',
    whatToDo: correct,
  },
  'email-invalid': {
    status: 422,
    title: 'An e-mail address is invalid',
    explanation: 'The organization does not accept this address as an identifier or in a channel.',
    whatToDo: correct,
  },
  'channel-invalid': {
    status: 422,
    title: 'A communication channel is invalid',
    explanation: 'The vendor does not accept one of the channels.',
    whatToDo: correct,
  },
  'source-account-invalid': {
    status: 422,
    title: 'The source account is invalid or missing',
    explanation: 'The organization has no such account in this source.',
    whatToDo: 'Check source and accountId.',
  },
  'identifier-taken': {
    status: 409,
    title: 'An identifier belongs to another customer',
    explanation:
      'The identifiers of the update belong to different customers, or one of them exists already.',
    whatToDo: 'Find out which customer has it before sending the update again.',
  },
  'customers-merged': {
    status: 409,
    title: 'The customer was found in another source',
    explanation: 'The vendor is merging the customers. As a warning, the update was applied.',
    whatToDo: 'Nothing, if it is a warning.',
  },
  'loyalty-downgrade': {
    status: 409,
    title: 'A loyalty customer cannot become non-loyalty',
    explanation: 'The vendor allows non_loyalty to loyalty, and not the other way.',
    whatToDo: 'Send loyaltyType `loyalty` for this customer.',
  },
  'enrollment-refused': {
    status: 422,
    title: 'The enrollment failed',
    explanation: 'The customer is not in the loyalty program, or could not be enrolled.',
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
    title: 'There is no such program',
    explanation: 'The organization has no program with this programId.',
    whatToDo: correct,
  },
  'field-invalid': {
    status: 422,
    title: 'A custom or extended field is invalid',
    explanation: 'A field is not enabled for the organization, or its value does not fit or is too long.',
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
    explanation: 'The vendor has marked the customer as fraudulent and changes nothing.',
    whatToDo: 'Ask the vendor to remove the mark first.',
  },
  'customer-busy': {
    status: 503,
    title: 'Another action is changing this customer',
    explanation: 'The vendor does not change a customer twice at once, and was still busy at the deadline.',
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
    whatToDo: 'Send the update again later; if it still fails, ask the vendor with the upstreamRequestId.',
  },
  'too-many-children': {
    status: 409,
    title: 'The role has too many children',
    explanation: 'The maximum number of children of a role is exceeded.',
    whatToDo: 'Remove children first, or raise the maximum with the vendor.',
  },
  'role-invalid': {
    status: 422,
    title: 'The role is not valid',
    explanation:
      'The role or the role of a child does not exist in this hierarchy, or is not allowed in this position.',
    whatToDo: correct,
  },
  'hierarchy-cycle': {
    status: 409,
    title: 'The hierarchy would have a cycle',
    explanation: 'The customer would be below itself.',
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
    explanation: 'The parent is not mapped to this hierarchy yet.',
    whatToDo: 'Associate the parent first.',
  },
  'hierarchy-conflict': {
    status: 409,
    title: 'The customer is mapped elsewhere already',
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
    explanation: 'The organization does not allow this change of the hierarchy.',
    whatToDo: 'Ask the vendor what the organization allows.',
  },
  'side-action-failed': {
    status: 422,
    title: 'A side action failed',
    explanation: 'As a warning, the update was applied, but an action beside it failed.',
    whatToDo: 'Nothing, if it is a warning; otherwise correct the update.',
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
    explanation: 'The till, store or organization that the call was posted on behalf of is not accepted.',
    whatToDo: 'Check attributionType and attributionCode.',
  },
  'update-refused': {
    status: 422,
    title: 'The vendor refuses the update',
    explanation: 'This service knows no better explanation for the code of the vendor, which is in `code`.',
    whatToDo: 'Read the message of the vendor, correct the update, and send it again.',
  },
};

interface ReasonText {
  readonly type: ProblemType;
  readonly sentence: string;
}

/** Maps the reason why an update was not applied to its problem type, and to a sentence for callers. */
export const REASONS: Readonly<Record<OutcomeReason, ReasonText>> = {
  'connection-refused': { type: 'upstream-unavailable', sentence: 'the vendor refused the connection' },
  'connection-failed': { type: 'upstream-unavailable', sentence: 'no connection to the vendor' },
  'host-unreachable': { type: 'upstream-unavailable', sentence: 'no network route to the vendor' },
  'name-not-found': { type: 'upstream-unavailable', sentence: 'the host name of the vendor was not found' },
  'not-tls': { type: 'upstream-unavailable', sentence: 'the vendor answered without TLS' },
  'certificate-expired': {
    type: 'upstream-unavailable',
    sentence: 'the certificate of the vendor has expired',
  },
  'certificate-not-valid-yet': {
    type: 'upstream-unavailable',
    sentence: 'the certificate of the vendor is not valid yet',
  },
  'wrong-host-name': {
    type: 'upstream-unavailable',
    sentence: 'the certificate of the vendor is for another host name',
  },
  'unknown-authority': {
    type: 'upstream-unavailable',
    sentence: 'the certificate of the vendor is of an authority that is not trusted',
  },
  'not-a-token-endpoint': {
    type: 'upstream-misconfigured',
    sentence: 'what answers at the address of access tokens is not a token endpoint',
  },
  'connect-timeout': { type: 'upstream-unavailable', sentence: 'no connection to the vendor in time' },
  'token-unavailable': { type: 'upstream-unavailable', sentence: 'the vendor gave no access token' },
  'credentials-refused': { type: 'upstream-credentials', sentence: 'the vendor refuses our credentials' },
  'rate-limited': { type: 'upstream-busy', sentence: 'the calls per minute to the vendor are used up' },
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
  redirected: {
    type: 'upstream-misconfigured',
    sentence: 'the answer was a redirect, which is never followed',
  },
  'gateway-refused': {
    type: 'upstream-unavailable',
    sentence: 'something in front of the vendor refused the call, and the vendor gave no verdict',
  },
  'no-verdict': {
    type: 'update-unprocessed',
    sentence: 'something in front of the vendor refused the update alone, and the vendor gave no verdict',
  },
  'call-refused': { type: 'update-refused', sentence: 'the vendor refuses the call' },
  'batch-too-large': { type: 'update-refused', sentence: 'the call is too large for the vendor' },
  'body-too-large': { type: 'update-too-large', sentence: 'the call has too many bytes for the vendor' },
  'all-refused': {
    type: 'upstream-misconfigured',
    sentence: 'the vendor refused one update after the other and accepted none, so the others were not tried',
  },
  'upstream-misconfigured': { type: 'upstream-misconfigured', sentence: 'the vendor does not know the call' },
  'deadline-passed': { type: 'not-sent-in-time', sentence: 'the deadline passed' },
  'caller-gone': { type: 'not-sent-in-time', sentence: 'the caller went away' },
  'shutting-down': { type: 'shutting-down', sentence: 'the service is shutting down' },
  'too-many-pending': { type: 'overloaded', sentence: 'too many updates are pending' },
  'deadline-unreachable': {
    type: 'deadline-unreachable',
    sentence: 'too few calls are left before the deadline',
  },
  'breaker-open': {
    type: 'upstream-unavailable',
    sentence: 'the circuit breaker is open: calls to the vendor failed too often recently',
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
    sentence: 'the stored data of the customer was erased before the update was sent',
  },
  'no-proof': {
    type: 'upstream-unavailable',
    sentence: 'no result in the answer provably belongs to this update',
  },
  'no-updates-left': {
    type: 'not-sent-in-time',
    sentence: 'every caller stopped waiting before the call was sent',
  },
  'storage-unavailable': {
    type: 'storage-unavailable',
    sentence: 'credits cannot be recorded at the moment, so none is sent',
  },
  'unexpected-fault': { type: 'internal-error', sentence: 'the service failed' },
};
