import type { VerdictType } from './code-catalog.js';

/** The parts that callers may combine in one update, in the names of the API. */
export const UPDATE_PARTS = ['profile', 'programs', 'association'] as const;
export type UpdatePart = (typeof UPDATE_PARTS)[number];

/** What a code is about. `person` may be the customer of the update, or its parent or a child. */
export type CodeSubject = UpdatePart | 'person';

/** By what the code means. Types that are missing here may be about any part. Source: docs/vendor-contract.md section 4. */
const BY_TYPE: Readonly<Partial<Record<VerdictType, CodeSubject>>> = {
  'customer-not-found': 'person',
  'identifier-invalid': 'person',
  'mobile-invalid': 'person',
  'email-invalid': 'person',
  'channel-invalid': 'person',
  'identifier-taken': 'person',
  'field-invalid': 'person',
  'customer-blocked': 'person',
  'loyalty-downgrade': 'profile',
  'enrollment-refused': 'programs',
  'points-in-doubt': 'programs',
  'program-invalid': 'programs',
  'too-many-children': 'association',
  'role-invalid': 'association',
  'hierarchy-cycle': 'association',
  'hierarchy-invalid': 'association',
  'hierarchy-inactive': 'association',
  'company-mismatch': 'association',
  'parent-not-mapped': 'association',
  'hierarchy-conflict': 'association',
  'company-invalid': 'association',
  'hierarchy-refused': 'association',
};

/** Codes that say more than their types: the dates of programs, a person of a hierarchy, and the till of a registration. */
const BY_CODE: ReadonlyMap<number, CodeSubject> = new Map([
  [1214, 'programs'],
  [1215, 'programs'],
  [1216, 'programs'],
  [1217, 'programs'],
  [1621, 'association'],
  [91020, 'profile'],
]);

/** Returns what a code of the vendor is about; undefined where it may be about any part of an update. */
export function subjectOf(code: number, type: VerdictType): CodeSubject | undefined {
  return BY_CODE.get(code) ?? BY_TYPE[type];
}
