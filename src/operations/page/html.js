import htm from './htm.mjs';
import { h } from './preact.mjs';

export { Component, render } from './preact.mjs';

/** Builds elements from a template. Values become text nodes or attributes, never HTML. */
export const html = htm.bind(h);
