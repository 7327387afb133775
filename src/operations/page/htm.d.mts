// The service serves the module of the package under this name; docs/decisions/0068 says why. Its own types are for CommonJS.
import type { VNode, h } from 'preact';

declare const htm: {
  bind(create: typeof h): (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
};
export default htm;
