/** The vendor's sources of customers. Source: docs/vendor-contract.md section 1. */
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
];
/** Sources with several accounts, which need an accountId. Source: docs/vendor-contract.md section 1. */
export const SOURCES_WITH_ACCOUNTS = ['WECHAT', 'FACEBOOK', 'WEB_ENGAGE', 'LINE'];
/** The kinds of tills and stores that a call can be posted for. Source: docs/vendor-contract.md section 1. */
export const ATTRIBUTION_TYPES = [
    'TILL',
    'STORE_CODE',
    'STORE_NAME',
    'STORE_EXTERNAL_ID',
    'STORE_EXTERNAL_ID_1',
    'STORE_EXTERNAL_ID_2',
];
/** Source: docs/vendor-contract.md section 2. */
export const LOYALTY_TYPES = ['loyalty', 'non_loyalty'];
/** Text that a query value or a header carries unchanged: printable ASCII without surrounding spaces. */
export const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;
//# sourceMappingURL=vendor-enums.js.map