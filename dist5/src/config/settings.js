var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { X509Certificate } from 'node:crypto';
import { IsIn, IsNotEmpty, IsOptional, IsUrl, Matches, MinLength, NotEquals, ValidateBy, ValidateIf, } from 'class-validator';
import { ATTRIBUTION_TYPES, LOYALTY_TYPES, PRINTABLE_ASCII, SOURCES, SOURCES_WITH_ACCOUNTS, } from './vendor-enums.js';
const MODES = ['production', 'development', 'test'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** 32 bytes are 43 characters of base64 and one `=`. */
const KEY_LIST = /^\s*[\w-]{1,32}:[A-Za-z0-9+/]{43}=\s*(,\s*[\w-]{1,32}:[A-Za-z0-9+/]{43}=\s*)*(,\s*plain\s*)?$/;
/** An origin has no path and no wildcard. */
const ORIGIN_LIST = /^https:\/\/[a-z\d.-]+(:\d{1,5})?(,https:\/\/[a-z\d.-]+(:\d{1,5})?)*$/;
const numberNames = new Set();
/** Whether a setting is a number. */
export const isNumber = (name) => numberNames.has(name);
function WholeNumber(from, to) {
    const validate = (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
    const defaultMessage = (context) => `${context?.property} must be a whole number from ${from} to ${to}, in decimal digits`;
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
const NO_JWKS_URL = 'JWT_JWKS_URL must be an https URL (http on loopback only) without credentials, and needs JWT_ISSUER and JWT_AUDIENCE';
function isCertificate(text) {
    try {
        return new X509Certificate(String(text)).subject !== '';
    }
    catch {
        return false;
    }
}
/** Validates a setting together with others. */
function MustHold(holds, message) {
    const validate = (_value, context) => holds(context?.object);
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
];
/** The file of API keys that `npm run keys` writes, and the service reads, as long as API_KEYS_FILE is unset. */
export const DEFAULT_API_KEYS_FILE = './data/api-keys.json';
/** Whether any of the three settings of JWTs is set; then all are required. */
export function usesJwt({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }) {
    return [JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE].some((value) => value !== undefined);
}
/**
 * The environment, read once at start. A property is named as its variable; `.env.example` explains each to
 * operators, and a spec compares the two. See docs/operations.md.
 */
export class Settings {
    /** Address to listen on; loopback by default. */
    HOST = '127.0.0.1';
    /** Port to listen on; 0 takes a free one. */
    PORT = 3000;
    /** Origins of pages that may call from a browser; unset for none. */
    CORS_ORIGINS;
    LOG_LEVEL = 'info';
    /** A file of API keys, which `npm run keys` writes; it is read again when it changes. Unset, see `useDefaultKeysFile`. */
    API_KEYS_FILE;
    /** Where the issuer of JWTs publishes its keys. */
    JWT_JWKS_URL;
    /** The required `iss` of a JWT. */
    JWT_ISSUER;
    /** The required `aud` of a JWT. */
    JWT_AUDIENCE;
    /** A PostgreSQL server, with credentials; unset for an embedded database in DATA_DIR, for one instance. */
    DATABASE_URL;
    /** Folder of the embedded database. */
    DATA_DIR = './data';
    /** `production` requires settings that a trial can do without. It is the default, so that no trial becomes one by mistake. */
    NODE_ENV = 'production';
    /**
     * Encryption keys of stored personal data, the current one first: `id:base64 of 32 bytes`, separated by commas. `plain`
     * at the end allows reading data that was stored before there was a key; it is encrypted in the background.
     */
    DATA_KEYS;
    /** The key of the hashes that name customers in logs and audit events: only its owner can find a customer there. */
    LOG_HASH_KEY;
    /** A file of audit events; unset writes them to standard output, among the other events. */
    AUDIT_LOG_FILE;
    /** Node's own setting; `0` would accept any certificate of the vendor, the database and the issuer of tokens. */
    NODE_TLS_REJECT_UNAUTHORIZED;
    /** How long the answer of an Idempotency-Key is kept. */
    IDEMPOTENCY_RETENTION_MS = 86_400_000;
    /** Whether requests that credit points are refused without an Idempotency-Key. */
    REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS = 'true';
    /** Most bytes of one upload, decompressed. */
    IMPORT_MAX_BYTES = 4_000_000_000;
    /** Most lines of one upload. */
    IMPORT_MAX_LINES = 10_000_000;
    /** Most imports of one principal that have not ended; beyond, callers get 429. */
    IMPORT_MAX_OPEN = 100;
    /** How long lines and results of an ended import are kept, and how long an import may be paused; its counts are kept. */
    IMPORT_RETENTION_MS = 604_800_000;
    /** Scheme, host and port of the vendor's region, perhaps with the path of a gateway; credentials go here and nowhere else. */
    UPSTREAM_BASE_URL;
    /** The only certificate authority accepted for the vendor, in PEM; unset for those that Node trusts. */
    UPSTREAM_CA;
    /** Path of the bulk update; the vendor's older manual has /v2/customers/bulk (docs/vendor-contract.md section 1). */
    // A `..` would leave the path of UPSTREAM_BASE_URL, and two leading slashes would name a host.
    UPSTREAM_BULK_PATH = '/v2/bulk';
    UPSTREAM_AUTH = 'oauth';
    UPSTREAM_OAUTH_KEY;
    UPSTREAM_OAUTH_SECRET;
    UPSTREAM_BASIC_TILL;
    /** In plain text; it is hashed before it is sent. */
    UPSTREAM_BASIC_PASSWORD;
    /** Limits the time to connect to the vendor. */
    UPSTREAM_CONNECT_TIMEOUT_MS = 2000;
    /** Limits the time from the start of a call to the end of its response. */
    UPSTREAM_TIMEOUT_MS = 5000;
    /** Most updates in one bulk call; the vendor's limit is not documented (docs/vendor-contract.md section 6). */
    UPSTREAM_MAX_BATCH = 100;
    /** Most associations in one bulk call; unset for UPSTREAM_MAX_BATCH. The vendor may require a call for each (docs/vendor-contract.md section 6). */
    UPSTREAM_MAX_BATCH_ASSOCIATIONS;
    /** Most bulk calls open at once. */
    UPSTREAM_MAX_CONCURRENCY = 8;
    /** Most bytes in the body of one bulk call; a single update that is larger is refused. */
    UPSTREAM_MAX_BODY_BYTES = 1_000_000;
    /** Calls in any 60 seconds, tokens and reads among them (docs/vendor-contract.md section 6); 0 for no limit. */
    UPSTREAM_CALLS_PER_MINUTE = 300;
    /** How long admission rejects an update that made the vendor refuse a whole call; 0 disables this. */
    REJECTION_CACHE_MS = 60_000;
    DEFAULT_SOURCE = 'INSTORE';
    DEFAULT_ACCOUNT_ID;
    DEFAULT_ATTRIBUTION_TYPE = 'TILL';
    /** Till or store that calls are posted for; unset for that of the credentials. */
    DEFAULT_ATTRIBUTION_CODE;
    /** Preferably unset, so that every update names its loyaltyType: a default silently turns customers into members. */
    DEFAULT_LOYALTY_TYPE;
    /** Most requests a second of one principal, to one instance, unless its key or token says otherwise. */
    LIMIT_REQUESTS_PER_SECOND = 10_000;
    /** Most updates a second of one principal, to one instance, unless its key or token says otherwise; lines of imports do not count. */
    LIMIT_UPDATES_PER_SECOND = 100_000;
    /** Most requests at a time of one principal, to one instance, unless its key or token says otherwise. */
    LIMIT_CONCURRENT_REQUESTS = 5000;
    /** How long a request may take; the caller may shorten it with Request-Timeout. */
    REQUEST_DEADLINE_MS = 10_000;
    /** Most updates that wait or are in flight at once; beyond, callers get 503. */
    MAX_PENDING_UPDATES = 10_000;
    /** Most bytes of the updates that wait or are in flight at once; beyond, callers get 503. */
    MAX_PENDING_BYTES = 64_000_000;
    /** How long SIGTERM lets load balancers find out that the service is not ready, before it refuses requests. */
    SHUTDOWN_DELAY_MS = 0;
    /** How long SIGTERM lets running requests finish. */
    DRAIN_TIMEOUT_MS = 20_000;
}
__decorate([
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "HOST", void 0);
__decorate([
    WholeNumber(0, 65_535),
    __metadata("design:type", Number)
], Settings.prototype, "PORT", void 0);
__decorate([
    IsOptional(),
    Matches(ORIGIN_LIST, {
        message: 'CORS_ORIGINS must be exact https origins, such as https://app.example.com, with commas between',
    }),
    __metadata("design:type", String)
], Settings.prototype, "CORS_ORIGINS", void 0);
__decorate([
    IsIn(LOG_LEVELS),
    __metadata("design:type", Object)
], Settings.prototype, "LOG_LEVEL", void 0);
__decorate([
    ValidateIf((settings) => settings.API_KEYS_FILE !== undefined || !usesJwt(settings)),
    IsNotEmpty({
        message: `API_KEYS_FILE must name a file of API keys, or there must be ${DEFAULT_API_KEYS_FILE} (npm run keys -- create --name app --scopes customers:write), or JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE must be set: otherwise no caller has access`,
    }),
    __metadata("design:type", String)
], Settings.prototype, "API_KEYS_FILE", void 0);
__decorate([
    ValidateIf(usesJwt),
    Matches(HTTPS_OR_LOOPBACK, { message: NO_JWKS_URL }),
    Matches(/^[^#@]+$/, { message: NO_JWKS_URL }),
    IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
    __metadata("design:type", String)
], Settings.prototype, "JWT_JWKS_URL", void 0);
__decorate([
    ValidateIf(usesJwt),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "JWT_ISSUER", void 0);
__decorate([
    ValidateIf(usesJwt),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "JWT_AUDIENCE", void 0);
__decorate([
    IsOptional(),
    Matches(/^postgres(ql)?:\/\/./, { message: 'DATABASE_URL must begin with postgres:// or postgresql://' }),
    __metadata("design:type", String)
], Settings.prototype, "DATABASE_URL", void 0);
__decorate([
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "DATA_DIR", void 0);
__decorate([
    IsIn(MODES, { message: `NODE_ENV must be one of ${MODES.join(', ')}; unset, it is production` }),
    __metadata("design:type", Object)
], Settings.prototype, "NODE_ENV", void 0);
__decorate([
    ValidateIf(({ NODE_ENV, DATA_KEYS }) => NODE_ENV === 'production' || DATA_KEYS !== undefined),
    Matches(KEY_LIST, {
        message: 'DATA_KEYS must be id:key, or several with commas, each key 32 bytes in base64, perhaps with plain at the end; production, the default of NODE_ENV, requires it (npm run keys -- secrets)',
    }),
    __metadata("design:type", String)
], Settings.prototype, "DATA_KEYS", void 0);
__decorate([
    ValidateIf(({ NODE_ENV, LOG_HASH_KEY }) => NODE_ENV === 'production' || LOG_HASH_KEY !== undefined),
    MinLength(32, {
        message: 'LOG_HASH_KEY must have at least 32 characters; production, the default of NODE_ENV, requires it (npm run keys -- secrets)',
    }),
    __metadata("design:type", String)
], Settings.prototype, "LOG_HASH_KEY", void 0);
__decorate([
    IsOptional(),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "AUDIT_LOG_FILE", void 0);
__decorate([
    IsOptional(),
    NotEquals('0', { message: 'NODE_TLS_REJECT_UNAUTHORIZED must not be 0: certificates are always verified' }),
    __metadata("design:type", String)
], Settings.prototype, "NODE_TLS_REJECT_UNAUTHORIZED", void 0);
__decorate([
    WholeNumber(60_000, 2_592_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "IDEMPOTENCY_RETENTION_MS", void 0);
__decorate([
    IsIn(['true', 'false']),
    __metadata("design:type", String)
], Settings.prototype, "REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS", void 0);
__decorate([
    WholeNumber(1000, 1_000_000_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "IMPORT_MAX_BYTES", void 0);
__decorate([
    WholeNumber(1, 100_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "IMPORT_MAX_LINES", void 0);
__decorate([
    WholeNumber(1, 1_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "IMPORT_MAX_OPEN", void 0);
__decorate([
    WholeNumber(60_000, 31_536_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "IMPORT_RETENTION_MS", void 0);
__decorate([
    Matches(BASE_URL, {
        message: 'UPSTREAM_BASE_URL must be an http or https URL without credentials, query or fragment; a path may have segments of A-Z a-z 0-9 _ . ~ -',
    }),
    IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
    MustHold(({ NODE_ENV, UPSTREAM_BASE_URL }) => NODE_ENV !== 'production' || HTTPS_OR_LOOPBACK.test(UPSTREAM_BASE_URL), 'UPSTREAM_BASE_URL must be https in production (http on loopback only): credentials go there'),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_BASE_URL", void 0);
__decorate([
    IsOptional(),
    MustHold(({ UPSTREAM_CA }) => isCertificate(UPSTREAM_CA), 'UPSTREAM_CA must be a certificate in PEM'),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_CA", void 0);
__decorate([
    Matches(/^(\/(?!\.{1,2}(\/|$))[\w.-]+)+\/?$/, {
        message: 'UPSTREAM_BULK_PATH must be an absolute path without a query',
    }),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_BULK_PATH", void 0);
__decorate([
    IsIn(['oauth', 'basic']),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_AUTH", void 0);
__decorate([
    ValidateIf((settings) => settings.UPSTREAM_AUTH === 'oauth'),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_OAUTH_KEY", void 0);
__decorate([
    ValidateIf((settings) => settings.UPSTREAM_AUTH === 'oauth'),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_OAUTH_SECRET", void 0);
__decorate([
    ValidateIf((settings) => settings.UPSTREAM_AUTH === 'basic'),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_BASIC_TILL", void 0);
__decorate([
    ValidateIf((settings) => settings.UPSTREAM_AUTH === 'basic'),
    IsNotEmpty(),
    __metadata("design:type", String)
], Settings.prototype, "UPSTREAM_BASIC_PASSWORD", void 0);
__decorate([
    WholeNumber(1, 60_000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_CONNECT_TIMEOUT_MS", void 0);
__decorate([
    WholeNumber(1, 300_000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_TIMEOUT_MS", void 0);
__decorate([
    WholeNumber(1, 1000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_MAX_BATCH", void 0);
__decorate([
    IsOptional(),
    WholeNumber(1, 1000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_MAX_BATCH_ASSOCIATIONS", void 0);
__decorate([
    WholeNumber(1, 256),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_MAX_CONCURRENCY", void 0);
__decorate([
    WholeNumber(1000, 100_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_MAX_BODY_BYTES", void 0);
__decorate([
    WholeNumber(0, 1_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "UPSTREAM_CALLS_PER_MINUTE", void 0);
__decorate([
    WholeNumber(0, 86_400_000),
    __metadata("design:type", Number)
], Settings.prototype, "REJECTION_CACHE_MS", void 0);
__decorate([
    IsIn(SOURCES),
    __metadata("design:type", String)
], Settings.prototype, "DEFAULT_SOURCE", void 0);
__decorate([
    ValidateIf((settings) => settings.DEFAULT_ACCOUNT_ID !== undefined || SOURCES_WITH_ACCOUNTS.includes(settings.DEFAULT_SOURCE)),
    Matches(PRINTABLE_ASCII, {
        message: `DEFAULT_ACCOUNT_ID must be 1 to 100 printable ASCII characters; the sources ${SOURCES_WITH_ACCOUNTS.join(', ')} need it`,
    }),
    __metadata("design:type", String)
], Settings.prototype, "DEFAULT_ACCOUNT_ID", void 0);
__decorate([
    IsIn(ATTRIBUTION_TYPES),
    __metadata("design:type", String)
], Settings.prototype, "DEFAULT_ATTRIBUTION_TYPE", void 0);
__decorate([
    IsOptional(),
    Matches(PRINTABLE_ASCII, {
        message: 'DEFAULT_ATTRIBUTION_CODE must be 1 to 100 printable ASCII characters',
    }),
    __metadata("design:type", String)
], Settings.prototype, "DEFAULT_ATTRIBUTION_CODE", void 0);
__decorate([
    IsOptional(),
    IsIn(LOYALTY_TYPES),
    __metadata("design:type", String)
], Settings.prototype, "DEFAULT_LOYALTY_TYPE", void 0);
__decorate([
    WholeNumber(1, 1_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "LIMIT_REQUESTS_PER_SECOND", void 0);
__decorate([
    WholeNumber(1, 10_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "LIMIT_UPDATES_PER_SECOND", void 0);
__decorate([
    WholeNumber(1, 1_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "LIMIT_CONCURRENT_REQUESTS", void 0);
__decorate([
    WholeNumber(1, 600_000),
    __metadata("design:type", Number)
], Settings.prototype, "REQUEST_DEADLINE_MS", void 0);
__decorate([
    WholeNumber(1, 1_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "MAX_PENDING_UPDATES", void 0);
__decorate([
    WholeNumber(1000, 10_000_000_000),
    __metadata("design:type", Number)
], Settings.prototype, "MAX_PENDING_BYTES", void 0);
__decorate([
    WholeNumber(0, 600_000),
    __metadata("design:type", Number)
], Settings.prototype, "SHUTDOWN_DELAY_MS", void 0);
__decorate([
    WholeNumber(0, 600_000),
    __metadata("design:type", Number)
], Settings.prototype, "DRAIN_TIMEOUT_MS", void 0);
//# sourceMappingURL=settings.js.map