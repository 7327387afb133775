/** Where customers live with the vendor. Source: docs/vendor-contract.md section 1. */
export const SOURCES = [
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
] as const;
export type Source = (typeof SOURCES)[number];

/** Sources that hold several accounts, so that an accountId is needed. Source: docs/vendor-contract.md section 1. */
export const SOURCES_WITH_ACCOUNTS: readonly Source[] = ['WECHAT', 'FACEBOOK', 'WEB_ENGAGE', 'LINE'];

/** On whose behalf a call is posted. Source: docs/vendor-contract.md section 1. */
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

/** What may stand in a query value or a header without being escaped or cut: printable ASCII, no space around it. */
export const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;
