/** Source: RFC 6750, section 2.1; the name of the scheme is case-insensitive by RFC 9110, section 11.1. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
/** @returns the token of an `Authorization` header; undefined without one, or with another scheme */
export function readBearer(header) {
    return header === undefined ? undefined : BEARER.exec(header)?.[1];
}
//# sourceMappingURL=read-bearer.js.map