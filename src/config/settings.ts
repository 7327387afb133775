import { X509Certificate } from 'node:crypto';
import {
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsUrl,
  Matches,
  MinLength,
  NotEquals,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import { readOtlpHeaders, tracesUrl } from './otlp-settings.js';
import {
  ATTRIBUTION_TYPES,
  type AttributionType,
  LOYALTY_TYPES,
  type LoyaltyType,
  PRINTABLE_ASCII,
  SOURCES,
  SOURCES_WITH_ACCOUNTS,
  type Source,
  extraSources,
} from './vendor-enums.js';

const MODES = ['production', 'development', 'test'] as const;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** 32 bytes are 43 characters of base64 and one `=`. */
const KEY_LIST =
  /^\s*[\w-]{1,32}:[A-Za-z0-9+/]{43}=\s*(,\s*[\w-]{1,32}:[A-Za-z0-9+/]{43}=\s*)*(,\s*plain\s*)?$/;

/** An origin has no path and no wildcard. */
const ORIGIN_LIST = /^https:\/\/[a-z\d.-]+(:\d{1,5})?(,https:\/\/[a-z\d.-]+(:\d{1,5})?)*$/;

/** Names of sources go into a query of the vendor unchanged. */
const SOURCE_LIST = /^[\w-]{1,50}(,[\w-]{1,50})*$/;

/** Source: the standard, https://opentelemetry.io/docs/languages/sdk-configuration/general/. */
const TRACES_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const RATIO = /^(0(\.\d+)?|1(\.0+)?)$/;

const numberNames = new Set<string>();

/** Whether a setting is a number. */
export const isNumber = (name: string): boolean => numberNames.has(name);

function WholeNumber(from: number, to: number): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
  const defaultMessage = (context?: ValidationArguments): string =>
    `${context?.property} must be a whole number from ${from} to ${to}, in decimal digits`;
  const check = ValidateBy({ name: 'wholeNumber', validator: { validate, defaultMessage } });
  return (target, property) => {
    numberNames.add(String(property));
    check(target, property);
  };
}

/** Plain http does not leave the machine on loopback. */
const HTTPS_OR_LOOPBACK = /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$))/;

/** The scheme, the host, and perhaps a path. A `..` in it would be resolved to another path than the one that is written. */
const BASE_URL = /^https?:\/\/[^/\\\s?#@]+(\/(?!\.{1,2}(\/|$))[\w.~-]+)*\/?$/;

const NO_JWKS_URL =
  'JWT_JWKS_URL must be an https URL (http on loopback only) without credentials, and needs JWT_ISSUER and JWT_AUDIENCE';

const URL_OF_ANY_HOST = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

const noOtlpUrl = (name: string): string =>
  `${name} must be an http or https URL without credentials, query or fragment; a path may have segments of A-Z a-z 0-9 _ . ~ -`;

function isCertificate(text: unknown): boolean {
  try {
    return new X509Certificate(String(text)).subject !== '';
  } catch {
    return false;
  }
}

/** Validates a setting together with others. */
function MustHold(holds: (settings: Settings) => boolean, message: string): PropertyDecorator {
  const validate = (_value: unknown, context?: ValidationArguments): boolean =>
    holds(context?.object as Settings);
  return ValidateBy({ name: 'mustHold', validator: { validate, defaultMessage: () => message } });
}

/** Secrets that a file may contain, which a variable of the same name with _FILE names; no dump of the settings shows them. */
export const SETTINGS_FROM_FILES = [
  'DATABASE_URL',
  'DATA_KEYS',
  'LOG_HASH_KEY',
  'UPSTREAM_CA',
  'UPSTREAM_OAUTH_SECRET',
  'UPSTREAM_BASIC_PASSWORD',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const satisfies readonly (keyof Settings)[];

/** The file of API keys that `npm run keys` writes, and the service reads, as long as API_KEYS_FILE is unset. */
export const DEFAULT_API_KEYS_FILE = './data/api-keys.json';

/** Whether any of the three settings of JWTs is set; then all are required. */
export function usesJwt({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Partial<Settings>): boolean {
  return [JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE].some((value) => value !== undefined);
}

/**
 * The environment, read once at start. A property is named as its variable; `.env.example` explains each to
 * operators, and a spec compares the two. See docs/operations.md.
 */
export class Settings {
  /** Address to listen on; loopback by default. */
  @IsNotEmpty()
  HOST: string = '127.0.0.1';

  /** Port to listen on; 0 takes a free one. */
  @WholeNumber(0, 65_535)
  PORT: number = 3000;

  /** Origins of pages that may call from a browser; unset for none. */
  @IsOptional()
  @Matches(ORIGIN_LIST, {
    message: 'CORS_ORIGINS must be exact https origins, such as https://app.example.com, with commas between',
  })
  CORS_ORIGINS?: string;

  /** Port that serves the metrics without a key; 0 takes a free one, and unset there is none. */
  @IsOptional()
  @WholeNumber(0, 65_535)
  @MustHold(
    ({ PORT, METRICS_PORT }) => METRICS_PORT === 0 || METRICS_PORT !== PORT,
    'METRICS_PORT must be another port than PORT',
  )
  METRICS_PORT?: number;

  /** Address of METRICS_PORT; loopback by default, because a caller who reaches it needs no key. */
  @IsNotEmpty()
  METRICS_HOST: string = '127.0.0.1';

  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** A file of API keys, which `npm run keys` writes; it is read again when it changes. Unset, see `useDefaultKeysFile`. */
  @ValidateIf((settings: Settings) => settings.API_KEYS_FILE !== undefined || !usesJwt(settings))
  @IsNotEmpty({
    message: `API_KEYS_FILE must name a file of API keys, or there must be ${DEFAULT_API_KEYS_FILE} (npm run keys -- create --name app --scopes customers:write), or JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE must be set: otherwise no caller has access`,
  })
  API_KEYS_FILE?: string;

  /** Where the issuer of JWTs publishes its keys. */
  @ValidateIf(usesJwt)
  @Matches(HTTPS_OR_LOOPBACK, { message: NO_JWKS_URL })
  @Matches(/^[^#@]+$/, { message: NO_JWKS_URL })
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  JWT_JWKS_URL?: string;

  /** The required `iss` of a JWT. */
  @ValidateIf(usesJwt)
  @IsNotEmpty()
  JWT_ISSUER?: string;

  /** The required `aud` of a JWT. */
  @ValidateIf(usesJwt)
  @IsNotEmpty()
  JWT_AUDIENCE?: string;

  /** A PostgreSQL server, with credentials; unset for an embedded database in DATA_DIR, for one instance. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/./, { message: 'DATABASE_URL must begin with postgres:// or postgresql://' })
  DATABASE_URL?: string;

  /** Folder of the embedded database. */
  @IsNotEmpty()
  DATA_DIR: string = './data';

  /** `production` requires settings that a trial can do without. It is the default, so that no trial becomes one by mistake. */
  @IsIn(MODES, { message: `NODE_ENV must be one of ${MODES.join(', ')}; unset, it is production` })
  NODE_ENV: (typeof MODES)[number] = 'production';

  /**
   * Encryption keys of stored personal data, the current one first: `id:base64 of 32 bytes`, separated by commas. `plain`
   * at the end allows reading data that was stored before there was a key; it is encrypted in the background.
   */
  @ValidateIf(({ NODE_ENV, DATA_KEYS }: Settings) => NODE_ENV === 'production' || DATA_KEYS !== undefined)
  @Matches(KEY_LIST, {
    message:
      'DATA_KEYS must be id:key, or several with commas, each key 32 bytes in base64, perhaps with plain at the end; production, the default of NODE_ENV, requires it (npm run keys -- secrets)',
  })
  DATA_KEYS?: string;

  /** The key of the hashes that name customers in logs and audit events: only its owner can find a customer there. */
  @ValidateIf(
    ({ NODE_ENV, LOG_HASH_KEY }: Settings) => NODE_ENV === 'production' || LOG_HASH_KEY !== undefined,
  )
  @MinLength(32, {
    message:
      'LOG_HASH_KEY must have at least 32 characters; production, the default of NODE_ENV, requires it (npm run keys -- secrets)',
  })
  LOG_HASH_KEY?: string;

  /** A file of audit events; unset writes them to standard output, among the other events. */
  @IsOptional()
  @IsNotEmpty()
  AUDIT_LOG_FILE?: string;

  /** Node's own setting; `0` would accept any certificate of the vendor, the database and the issuer of tokens. */
  @IsOptional()
  @NotEquals('0', { message: 'NODE_TLS_REJECT_UNAUTHORIZED must not be 0: certificates are always verified' })
  NODE_TLS_REJECT_UNAUTHORIZED?: string;

  /** How long the answer of an Idempotency-Key is kept. */
  @WholeNumber(60_000, 2_592_000_000)
  IDEMPOTENCY_RETENTION_MS: number = 86_400_000;

  /** How long the explanation of an update is kept, from its submission. */
  @WholeNumber(1000, 2_592_000_000)
  EXPLANATION_RETENTION_MS: number = 86_400_000;

  /** About how many rows of explanations are stored; beyond, the oldest are removed. Updates of one request may share a row. */
  @WholeNumber(100, 100_000_000)
  EXPLANATION_MAX_ROWS: number = 500_000;

  /** Whether requests that credit points are refused without an Idempotency-Key. */
  @IsIn(['true', 'false'])
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'true' | 'false' = 'true';

  /** Most bytes of one upload, decompressed. */
  @WholeNumber(1000, 1_000_000_000_000)
  IMPORT_MAX_BYTES: number = 4_000_000_000;

  /** Most lines of one upload. */
  @WholeNumber(1, 100_000_000)
  IMPORT_MAX_LINES: number = 10_000_000;

  /** Most imports of one principal that have not ended; beyond, callers get 429. */
  @WholeNumber(1, 1_000_000)
  IMPORT_MAX_OPEN: number = 100;

  /** How many answers of the vendor about one line may fail before the line of an import ends as `failed`. */
  @WholeNumber(1, 1000)
  BACKGROUND_MAX_ATTEMPTS: number = 8;

  /** How long lines and results of an ended import are kept, and how long an import may be paused; its counts are kept. */
  @WholeNumber(60_000, 31_536_000_000)
  IMPORT_RETENTION_MS: number = 604_800_000;

  /** Scheme, host and port of the vendor's region, perhaps with the path of a gateway; credentials go here and nowhere else. */
  @Matches(BASE_URL, {
    message:
      'UPSTREAM_BASE_URL must be an http or https URL without credentials, query or fragment; a path may have segments of A-Z a-z 0-9 _ . ~ -',
  })
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @MustHold(
    ({ NODE_ENV, UPSTREAM_BASE_URL }) =>
      NODE_ENV !== 'production' || HTTPS_OR_LOOPBACK.test(UPSTREAM_BASE_URL),
    'UPSTREAM_BASE_URL must be https in production (http on loopback only): credentials go there',
  )
  UPSTREAM_BASE_URL: string;

  /** The only certificate authority accepted for the vendor, in PEM; unset for those that Node trusts. */
  @IsOptional()
  @MustHold(({ UPSTREAM_CA }) => isCertificate(UPSTREAM_CA), 'UPSTREAM_CA must be a certificate in PEM')
  UPSTREAM_CA?: string;

  /** Path of the bulk update; the vendor's older manual has /v2/customers/bulk (docs/vendor-contract.md section 1). */
  // A `..` would leave the path of UPSTREAM_BASE_URL, and two leading slashes would name a host.
  @Matches(/^(\/(?!\.{1,2}(\/|$))[\w.-]+)+\/?$/, {
    message: 'UPSTREAM_BULK_PATH must be an absolute path without a query',
  })
  UPSTREAM_BULK_PATH: string = '/v2/bulk';

  @IsIn(['oauth', 'basic'])
  UPSTREAM_AUTH: 'oauth' | 'basic' = 'oauth';

  @ValidateIf((settings: Settings) => settings.UPSTREAM_AUTH === 'oauth')
  @IsNotEmpty()
  UPSTREAM_OAUTH_KEY?: string;

  @ValidateIf((settings: Settings) => settings.UPSTREAM_AUTH === 'oauth')
  @IsNotEmpty()
  UPSTREAM_OAUTH_SECRET?: string;

  @ValidateIf((settings: Settings) => settings.UPSTREAM_AUTH === 'basic')
  @IsNotEmpty()
  UPSTREAM_BASIC_TILL?: string;

  /** In plain text; it is hashed before it is sent. */
  @ValidateIf((settings: Settings) => settings.UPSTREAM_AUTH === 'basic')
  @IsNotEmpty()
  UPSTREAM_BASIC_PASSWORD?: string;

  /** Limits the time to connect to the vendor. */
  @WholeNumber(1, 60_000)
  UPSTREAM_CONNECT_TIMEOUT_MS: number = 2000;

  /** Limits the time from the start of a call to the end of its response. */
  @WholeNumber(1, 300_000)
  UPSTREAM_TIMEOUT_MS: number = 5000;

  /** Most updates in one bulk call; the vendor's limit is not documented (docs/vendor-contract.md section 6). */
  @WholeNumber(1, 1000)
  UPSTREAM_MAX_BATCH: number = 100;

  /** Most associations in one bulk call; unset for UPSTREAM_MAX_BATCH. The vendor may require a call for each (docs/vendor-contract.md section 6). */
  @IsOptional()
  @WholeNumber(1, 1000)
  UPSTREAM_MAX_BATCH_ASSOCIATIONS?: number;

  /** Most bulk calls open at once. */
  @WholeNumber(1, 256)
  UPSTREAM_MAX_CONCURRENCY: number = 8;

  /** Most bytes in the body of one bulk call; a single update that is larger is refused. */
  @WholeNumber(1000, 100_000_000)
  UPSTREAM_MAX_BODY_BYTES: number = 1_000_000;

  /** Calls in any 60 seconds, tokens and reads among them (docs/vendor-contract.md section 6); 0 for no limit. */
  @WholeNumber(0, 1_000_000)
  UPSTREAM_CALLS_PER_MINUTE: number = 300;

  /** How long admission rejects an update that made the vendor refuse a whole call; 0 disables this. */
  @WholeNumber(0, 86_400_000)
  REJECTION_CACHE_MS: number = 60_000;

  /** Sources of the organization beside those that the vendor documents, with commas between. */
  @IsOptional()
  @Matches(SOURCE_LIST, {
    message:
      'EXTRA_SOURCES must be names of 1 to 50 characters A-Z a-z 0-9 _ - with commas and no white space between',
  })
  EXTRA_SOURCES?: string;

  @MustHold(
    ({ DEFAULT_SOURCE, EXTRA_SOURCES }) =>
      SOURCES.includes(DEFAULT_SOURCE) || extraSources(EXTRA_SOURCES).includes(DEFAULT_SOURCE),
    `DEFAULT_SOURCE must be one of ${SOURCES.join(', ')}, or one of EXTRA_SOURCES`,
  )
  DEFAULT_SOURCE: Source = 'INSTORE';

  @ValidateIf(
    (settings: Settings) =>
      settings.DEFAULT_ACCOUNT_ID !== undefined || SOURCES_WITH_ACCOUNTS.includes(settings.DEFAULT_SOURCE),
  )
  @Matches(PRINTABLE_ASCII, {
    message: `DEFAULT_ACCOUNT_ID must be 1 to 100 printable ASCII characters; the sources ${SOURCES_WITH_ACCOUNTS.join(', ')} need it`,
  })
  DEFAULT_ACCOUNT_ID?: string;

  @IsIn(ATTRIBUTION_TYPES)
  DEFAULT_ATTRIBUTION_TYPE: AttributionType = 'TILL';

  /** Till or store that calls are posted for; unset for that of the credentials. */
  @IsOptional()
  @Matches(PRINTABLE_ASCII, {
    message: 'DEFAULT_ATTRIBUTION_CODE must be 1 to 100 printable ASCII characters',
  })
  DEFAULT_ATTRIBUTION_CODE?: string;

  /** Preferably unset, so that every update names its loyaltyType: a default silently turns customers into members. */
  @IsOptional()
  @IsIn(LOYALTY_TYPES)
  DEFAULT_LOYALTY_TYPE?: LoyaltyType;

  /** How mobile numbers are checked: whether a number with its country code and length can exist, or only its digits. */
  @IsIn(['possible', 'digits'])
  MOBILE_CHECK: 'possible' | 'digits' = 'possible';

  /** Most requests a second of one principal, to one instance, unless its key or token says otherwise. */
  @WholeNumber(1, 1_000_000)
  LIMIT_REQUESTS_PER_SECOND: number = 10_000;

  /** Most updates a second of one principal, to one instance, unless its key or token says otherwise; lines of imports do not count. */
  @WholeNumber(1, 10_000_000)
  LIMIT_UPDATES_PER_SECOND: number = 100_000;

  /** Most requests at a time of one principal, to one instance, unless its key or token says otherwise. */
  @WholeNumber(1, 1_000_000)
  LIMIT_CONCURRENT_REQUESTS: number = 5000;

  /** How long a request may take; the caller may shorten it with Request-Timeout. */
  @WholeNumber(1, 600_000)
  REQUEST_DEADLINE_MS: number = 10_000;

  /** Most updates that wait or are in flight at once; beyond, callers get 503. */
  @WholeNumber(1, 1_000_000)
  MAX_PENDING_UPDATES: number = 10_000;

  /** Most bytes of the updates that wait or are in flight at once; beyond, callers get 503. */
  @WholeNumber(1000, 10_000_000_000)
  MAX_PENDING_BYTES: number = 64_000_000;

  /** How long SIGTERM lets load balancers find out that the service is not ready, before it refuses requests. */
  @WholeNumber(0, 600_000)
  SHUTDOWN_DELAY_MS: number = 0;

  /** How long SIGTERM lets running requests finish. */
  @WholeNumber(0, 600_000)
  DRAIN_TIMEOUT_MS: number = 20_000;

  /** Where traces go over OTLP; `/v1/traces` is added. Unset, and without the next one, there are no traces. */
  @IsOptional()
  @Matches(BASE_URL, { message: noOtlpUrl('OTEL_EXPORTER_OTLP_ENDPOINT') })
  @IsUrl(URL_OF_ANY_HOST, { message: noOtlpUrl('OTEL_EXPORTER_OTLP_ENDPOINT') })
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** The whole URL for traces, where it is another one. */
  @IsOptional()
  @Matches(BASE_URL, { message: noOtlpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') })
  @IsUrl(URL_OF_ANY_HOST, { message: noOtlpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') })
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;

  /** Headers for the collector, such as its key. */
  @IsOptional()
  @MustHold(
    ({ OTEL_EXPORTER_OTLP_HEADERS }) => readOtlpHeaders(OTEL_EXPORTER_OTLP_HEADERS) !== undefined,
    'OTEL_EXPORTER_OTLP_HEADERS must be name=value, or several with commas, with percent-encoded values',
  )
  @MustHold(
    (settings) => HTTPS_OR_LOOPBACK.test(tracesUrl(settings) ?? 'https://'),
    'OTEL_EXPORTER_OTLP_HEADERS needs an https endpoint (http on loopback only): it is a secret',
  )
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  /** A variable of the standard that other programs of the host may need otherwise; ours speaks one protocol. */
  @ValidateIf(
    (settings: Settings) =>
      settings.OTEL_EXPORTER_OTLP_PROTOCOL !== undefined && tracesUrl(settings) !== undefined,
  )
  @IsIn(['http/json'], {
    message: 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/json, which the service sends; or leave it unset',
  })
  OTEL_EXPORTER_OTLP_PROTOCOL?: string;

  /** Which traces are recorded. By default those that the caller records, and all of callers who do not say. */
  @IsIn(TRACES_SAMPLERS)
  OTEL_TRACES_SAMPLER: (typeof TRACES_SAMPLERS)[number] = 'parentbased_always_on';

  /** The part of all traces that the samplers with `traceidratio` record; unset for all. */
  @IsOptional()
  @Matches(RATIO, { message: 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, such as 0.01' })
  OTEL_TRACES_SAMPLER_ARG?: string;

  /** The name of this service in traces. */
  @Matches(PRINTABLE_ASCII, { message: 'OTEL_SERVICE_NAME must be 1 to 100 printable ASCII characters' })
  OTEL_SERVICE_NAME: string = 'meniscus';
}
