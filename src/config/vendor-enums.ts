/** The sources of customers that the vendor documents. Source: docs/vendor-contract.md section 1. */
const DOCUMENTED_SOURCES = [
  'FACEBOOK',
  'WEB_ENGAGE',
  'WECHAT',
  'INSTORE',
  'MARTJACK',
  'TMALL',
  'TAOBAO',
  'JD',
  'ECOMMERCE',
  'WEBSITE',
  'LINE',
  'ALL',
];

/** A source: documented by the vendor, or in EXTRA_SOURCES. */
export type Source = string;

/** All sources that a request, a key or a setting may name. It is complete once there are settings. */
export const SOURCES: Source[] = [...DOCUMENTED_SOURCES];

/** Reads EXTRA_SOURCES; unset and empty are the same. */
export function extraSources(setting: string | undefined): Source[] {
  return setting ? setting.split(',') : [];
}

/** Adds the sources of EXTRA_SOURCES for all rules that check a source, once at start. */
export function addSources(extra: readonly Source[]): void {
  SOURCES.push(...extra.filter((source) => !SOURCES.includes(source)));
}

/** Sources with several accounts, which need an accountId. Source: docs/vendor-contract.md section 1. */
export const SOURCES_WITH_ACCOUNTS: readonly Source[] = ['WECHAT', 'FACEBOOK', 'WEB_ENGAGE', 'LINE'];

/** The kinds of tills and stores that a call can be posted for. Source: docs/vendor-contract.md section 1. */
export const ATTRIBUTION_TYPES = [
  'TILL',
  'STORE_CODE',
  'STORE_NAME',
  'STORE_EXTERNAL_ID',
  'STORE_EXTERNAL_ID_1',
  'STORE_EXTERNAL_ID_2',
] as const;
export type AttributionType = (typeof ATTRIBUTION_TYPES)[number];

/** Source: docs/vendor-contract.md section 2. */
export const LOYALTY_TYPES = ['loyalty', 'non_loyalty'] as const;
export type LoyaltyType = (typeof LOYALTY_TYPES)[number];

/** Text that a query value or a header carries unchanged: printable ASCII without surrounding spaces. */
export const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;
