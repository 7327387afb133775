/** Returns the vendor's base URL without a slash at its end. Its path, if any, is that of a gateway. */
export function vendorBase({ UPSTREAM_BASE_URL }) {
    const { origin, pathname } = new URL(UPSTREAM_BASE_URL);
    return origin + pathname.replace(/\/$/, '');
}
/**
 * Builds the URL of one call: `https://gateway.example/capillary` and `/v2/bulk` give
 * `https://gateway.example/capillary/v2/bulk`. Without the path of the gateway, credentials would go to another service
 * of its host.
 *
 * @param path begins with a slash
 */
export function vendorUrl(base, path) {
    return new URL(vendorBase(base) + path);
}
//# sourceMappingURL=vendor-url.js.map