/** The fixed setup of the imitated organization. None of it changes while the sandbox runs. */

export interface Role {
  code: string;
  id: number;
  /** The role this one reports to; null at the top. */
  reportsTo: string | null;
}

export interface Hierarchy {
  code: string;
  id: number;
  active: boolean;
  roles: ReadonlyMap<string, Role>;
}

export interface Company {
  externalId: string;
  id: number;
  active: boolean;
}

const roles: Role[] = [
  { code: 'FA', id: 83, reportsTo: null },
  { code: 'FC', id: 84, reportsTo: 'FA' },
  { code: 'FS', id: 85, reportsTo: 'FA' },
  { code: 'FD', id: 86, reportsTo: 'FS' },
];
const roleByCode = new Map(roles.map((role) => [role.code, role]));

export const hierarchies: ReadonlyMap<string, Hierarchy> = new Map([
  ['code-association2', { code: 'code-association2', id: 21, active: true, roles: roleByCode }],
  ['code-other', { code: 'code-other', id: 22, active: true, roles: roleByCode }],
  ['code-inactive', { code: 'code-inactive', id: 23, active: false, roles: roleByCode }],
]);

export const companies: ReadonlyMap<string, Company> = new Map([
  ['ex917471000000', { externalId: 'ex917471000000', id: 70, active: true }],
  ['ex917471949194', { externalId: 'ex917471949194', id: 71, active: true }],
  ['ex-inactive', { externalId: 'ex-inactive', id: 72, active: false }],
]);

/** Program id -> number of tiers. 1016 has 300 because the vendor's own sample enrolls in its tier 234. */
export const tiersOfProgram: ReadonlyMap<number, number> = new Map([
  [1016, 300],
  [1017, 4],
  [2001, 4],
]);

export const unknownTill = 'unknown-till';

export const cardStatusLabels: ReadonlySet<string> = new Set(['ACTIVE', 'INACTIVE', 'SUSPENDED']);

/** docs/vendor-contract.md section 2. */
export const identifierTypes: ReadonlySet<string> = new Set([
  'mobile',
  'email',
  'externalId',
  'wechat',
  'unionId',
  'martjackId',
  'fbId',
  'tmall_uname',
  'cuid',
  'ali_uname',
  'jd_uname',
  'vip_uname',
  'mobilePush',
  'line',
  'cardnumber',
  'card',
]);

/** docs/vendor-contract.md section 2. */
export const channelTypes: ReadonlySet<string> = new Set([
  'mobile',
  'email',
  'wechat',
  'ios',
  'android',
  'line',
  'mobilePush',
]);
