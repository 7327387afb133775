/** Returns what is wrong with a value, after its path (`[0].profiles[0].firstName must be a string`), or null. */
export type Check = (value: unknown, path: string) => string | null;

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const anything: Check = () => null;

export const text: Check = (value, path) => (typeof value === 'string' ? null : `${path} must be a string`);

export const filledText: Check = (value, path) =>
  typeof value === 'string' && value !== '' ? null : `${path} must be a string that is not empty`;

export const flag: Check = (value, path) => (typeof value === 'boolean' ? null : `${path} must be a boolean`);

/** A value of a custom or extended field. */
export const scalar: Check = (value, path) =>
  ['string', 'number', 'boolean'].includes(typeof value)
    ? null
    : `${path} must be a string, number or boolean`;

export function integer(from: number, to: number = Number.MAX_SAFE_INTEGER): Check {
  const range = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
  return (value, path) =>
    Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to
      ? null
      : `${path} must be an integer ${range}`;
}

export function oneOf(...allowed: readonly string[]): Check {
  return (value, path) =>
    typeof value === 'string' && allowed.includes(value)
      ? null
      : `${path} must be one of ${allowed.join(', ')}`;
}

export function orNull(check: Check): Check {
  return (value, path) => (value === null ? null : check(value, path));
}

export function listOf(check: Check, least = 0, most = Infinity): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} must be an array`;
    if (value.length < least || value.length > most)
      return `${path} must have ${least === most ? `exactly ${least}` : `at least ${least}`} element(s)`;
    return firstProblem(value.map((element, index) => () => check(element, `${path}[${index}]`)));
  };
}

export function mapOf(check: Check): Check {
  return (value, path) =>
    isObject(value)
      ? firstProblem(
          Object.entries(value).map(
            ([name, entry]) =>
              () =>
                check(entry, join(path, name)),
          ),
        )
      : `${path} must be an object`;
}

/** An object with these properties and no others. */
export function shape(properties: Record<string, Check>, required: readonly string[] = []): Check {
  const checks = new Map(Object.entries(properties));
  return (value, path) => {
    if (!isObject(value)) return `${path || 'the body'} must be an object`;
    const missing = required.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) return `${join(path, missing)} is missing`;
    return firstProblem(
      Object.entries(value).map(([name, entry]) => () => {
        const check = checks.get(name);
        return check ? check(entry, join(path, name)) : `${join(path, name)} is an unknown property`;
      }),
    );
  };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function firstProblem(checks: (() => string | null)[]): string | null {
  for (const check of checks) {
    const problem = check();
    if (problem !== null) return problem;
  }
  return null;
}
