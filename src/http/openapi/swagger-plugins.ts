/**
 * Plugins of Swagger UI. Each function is sent to the browser as text and runs there, so it uses nothing outside of
 * itself. https://swagger.io/docs/open-source-tools/swagger-ui/customization/plug-points/
 */

/** A value of Immutable, as the state of Swagger UI holds them. */
interface Immutable {
  get(name: string): unknown;
  toJS(): unknown;
}

/** The parts of Swagger UI that the plugins use. */
interface System {
  readonly authSelectors: { authorized(): Immutable };
  readonly authActions: { restoreAuthorization(stored: { authorized: unknown }): void };
  readonly specSelectors: {
    parameterWithMetaByIdentity(pathMethod: readonly string[], parameter: Immutable): Immutable;
    specJson(): { getIn(place: readonly string[]): Iterable<Immutable> | undefined };
  };
  readonly specActions: {
    changeParamByIdentity(pathMethod: readonly string[], parameter: Immutable, value: string): void;
  };
}

type Action<Argument> = (argument: Argument) => unknown;
type WrapAction<Argument> = (original: Action<Argument>, system: System) => Action<Argument>;

/** What a plugin changes: actions of Swagger UI, by the part of its state and by name. */
interface Plugin {
  readonly statePlugins: Readonly<
    Record<string, { readonly wrapActions: Readonly<Record<string, unknown>> }>
  >;
}

/** The browser's, which the types of Node do not have in this form. */
declare const sessionStorage: {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
};

/**
 * Keeps the key over a reload, in the storage of the tab: it is gone with the tab, and no other tab has it. The option
 * `persistAuthorization` of Swagger UI would write it to the disk for good.
 */
export function keepKeyInTab(): Plugin {
  const name = 'meniscus.authorized';
  const keep: WrapAction<undefined> = (_original, system) => () =>
    sessionStorage.setItem(name, JSON.stringify(system.authSelectors.authorized().toJS()));
  const restore: WrapAction<unknown> = (original, system) => (config) => {
    const result = original(config);
    const kept = sessionStorage.getItem(name);
    if (kept !== null) system.authActions.restoreAuthorization({ authorized: JSON.parse(kept) as unknown });
    return result;
  };
  return {
    statePlugins: {
      auth: { wrapActions: { persistAuthorizationIfNeeded: keep } },
      configs: { wrapActions: { loaded: restore } },
    },
  };
}

/**
 * Fills in a new Idempotency-Key for each Execute, in the field, so that it is seen. A key that a person entered is kept.
 * An example in the document would fill every form with the same key, and the second request would be refused.
 */
export function fillIdempotencyKeys(): Plugin {
  const filled = new Set<unknown>([undefined, null, '']);
  const fill: WrapAction<{ path: string; method: string }> = (original, system) => (request) => {
    const pathMethod = [request.path, request.method];
    const place = ['paths', ...pathMethod, 'parameters'];
    for (const parameter of system.specSelectors.specJson().getIn(place) ?? []) {
      if (parameter.get('name') !== 'Idempotency-Key') continue;
      const entered = system.specSelectors.parameterWithMetaByIdentity(pathMethod, parameter).get('value');
      if (!filled.has(entered)) continue;
      // Not crypto.randomUUID, which browsers have only over https and on localhost.
      const random = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 8).padEnd(6, '0'));
      const key = random.join('-');
      filled.add(key);
      system.specActions.changeParamByIdentity(pathMethod, parameter, key);
    }
    return original(request);
  };
  return { statePlugins: { spec: { wrapActions: { execute: fill } } } };
}
